// A contestant's process: prepares one task, then runs it once for each message.
import { Work } from "./work.js";

const work = new Work(process.argv[2]);
process.on("message", async (message) => process.send(await work.answer(message)));
// The parent process is gone.
process.on("disconnect", () => process.exit());
