export const CONFIG = "config.json";
