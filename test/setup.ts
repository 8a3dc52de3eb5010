import fc from "fast-check";

// The same cases every day; `SEED=2 npm test` draws others.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) });
