/** `npm run fuzz -- [cases] [seed] [first]`: opens mutated files of every format; 100,000 with seed 1 unless given. */
import { fuzz } from "./fuzz";

const [cases = 100_000, seed = 1, first = 0] = process.argv.slice(2).map(Number);
const started = Date.now();
const { opened, refused, faults } = await fuzz({ seed, first, last: first + cases }, (fault) => console.error(fault));
const seconds = Math.round((Date.now() - started) / 1000);
console.log(
  `${opened} opened, ${refused} refused by a typed error, ${faults.length} faults in ${seconds} s (seed ${seed})`,
);
if (faults.length > 0) process.exitCode = 1;
