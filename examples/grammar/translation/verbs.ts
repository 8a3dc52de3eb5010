import type { Case, Person } from "./phrases";

export type Tense = "present" | "past";

interface EnglishVerb {
  readonly base: string;
  readonly third: string;
  readonly past: string;
}

interface GermanVerb {
  readonly present: Readonly<Record<Person, string>>;
  readonly infinitive: string;
  readonly participle: string;
  readonly auxiliary: "haben" | "sein";
  /** The part that moves to the end: "auf" of "aufmachen". */
  readonly prefix: string;
  /** The case of its object. */
  readonly governs: Case;
}

export interface Verb {
  readonly english: EnglishVerb;
  readonly german: GermanVerb;
}

/** A verb from its dictionary forms: base, third person, past; ich, du, er, wir, participle. */
function verb(
  english: string,
  german: string,
  {
    auxiliary = "haben",
    prefix = "",
    governs = "accusative",
  }: { auxiliary?: "haben" | "sein"; prefix?: string; governs?: Case } = {},
): Verb {
  const [base = "", third = "", past = ""] = english.split(", ");
  const [I = "", you = "", one = "", many = "", participle = ""] = german.split(" ");
  return {
    english: { base, third, past },
    german: { present: { I, you, one, many }, infinitive: prefix + many, participle, auxiliary, prefix, governs },
  };
}

const moving = { auxiliary: "sein" } as const;

export const verbs = {
  see: verb("see, sees, saw", "sehe siehst sieht sehen gesehen"),
  find: verb("find, finds, found", "finde findest findet finden gefunden"),
  lose: verb("lose, loses, lost", "verliere verlierst verliert verlieren verloren"),
  seek: verb("look for, looks for, looked for", "suche suchst sucht suchen gesucht"),
  buy: verb("buy, buys, bought", "kaufe kaufst kauft kaufen gekauft"),
  love: verb("love, loves, loved", "liebe liebst liebt lieben geliebt"),
  read: verb("read, reads, read", "lese liest liest lesen gelesen"),
  write: verb("write, writes, wrote", "schreibe schreibst schreibt schreiben geschrieben"),
  eat: verb("eat, eats, ate", "esse isst isst essen gegessen"),
  drink: verb("drink, drinks, drank", "trinke trinkst trinkt trinken getrunken"),
  bake: verb("bake, bakes, baked", "backe backst backt backen gebacken"),
  hear: verb("hear, hears, heard", "höre hörst hört hören gehört"),
  open: verb("open, opens, opened", "mache machst macht machen aufgemacht", { prefix: "auf" }),
  help: verb("help, helps, helped", "helfe hilfst hilft helfen geholfen", { governs: "dative" }),
  thank: verb("thank, thanks, thanked", "danke dankst dankt danken gedankt", { governs: "dative" }),
  follow: verb("follow, follows, followed", "folge folgst folgt folgen gefolgt", { governs: "dative", ...moving }),
  give: verb("give, gives, gave", "gebe gibst gibt geben gegeben"),
  bring: verb("bring, brings, brought", "bringe bringst bringt bringen gebracht"),
  go: verb("go, goes, went", "gehe gehst geht gehen gegangen", moving),
  run: verb("run, runs, ran", "laufe läufst läuft laufen gelaufen", moving),
  fly: verb("fly, flies, flew", "fliege fliegst fliegt fliegen geflogen", moving),
  swim: verb("swim, swims, swam", "schwimme schwimmst schwimmt schwimmen geschwommen", moving),
  come: verb("come, comes, came", "komme kommst kommt kommen gekommen", moving),
  comeBack: verb("come back, comes back, came back", "komme kommst kommt kommen zurückgekommen", {
    prefix: "zurück",
    ...moving,
  }),
  fallAsleep: verb("fall asleep, falls asleep, fell asleep", "schlafe schläfst schläft schlafen eingeschlafen", {
    prefix: "ein",
    ...moving,
  }),
  sleep: verb("sleep, sleeps, slept", "schlafe schläfst schläft schlafen geschlafen"),
  sit: verb("sit, sits, sat", "sitze sitzt sitzt sitzen gesessen"),
  live: verb("live, lives, lived", "lebe lebst lebt leben gelebt"),
  play: verb("play, plays, played", "spiele spielst spielt spielen gespielt"),
  wait: verb("wait, waits, waited", "warte wartest wartet warten gewartet"),
  stay: verb("stay, stays, stayed", "bleibe bleibst bleibt bleiben geblieben", moving),
  sing: verb("sing, sings, sang", "singe singst singt singen gesungen"),
  dance: verb("dance, dances, danced", "tanze tanzt tanzt tanzen getanzt"),
  laugh: verb("laugh, laughs, laughed", "lache lachst lacht lachen gelacht"),
  cry: verb("cry, cries, cried", "weine weinst weint weinen geweint"),
  rain: verb("rain, is raining, was raining", "regne regnest regnet regnen geregnet"),
  snow: verb("snow, is snowing, was snowing", "schneie schneist schneit schneien geschneit"),
  shine: verb("shine, is shining, was shining", "scheine scheinst scheint scheinen geschienen"),
  have: verb("have, has, had", "habe hast hat haben gehabt"),
  be: verb("be, is, was", "bin bist ist sind gewesen", moving),
  think: verb("think, thinks, thought", "glaube glaubst glaubt glauben geglaubt"),
  know: verb("know, knows, knew", "weiß weißt weiß wissen gewusst"),
  say: verb("say, says, said", "sage sagst sagt sagen gesagt"),
};

/** A verb that takes another in the infinitive. */
export interface Modal {
  readonly english: string;
  readonly present: Readonly<Record<Person, string>>;
  readonly past: Readonly<Record<Person, string>>;
}

const modal = (english: string, present: string, past: string): Modal => {
  const four = (forms: string) => {
    const [I = "", you = "", one = "", many = ""] = forms.split(" ");
    return { I, you, one, many };
  };
  return { english, present: four(present), past: four(past) };
};

export const modals = {
  want: modal("want", "will willst will wollen", "wollte wolltest wollte wollten"),
  can: modal("can", "kann kannst kann können", "konnte konntest konnte konnten"),
  must: modal("must", "muss musst muss müssen", "musste musstest musste mussten"),
};

/** The two verbs that spoken German uses in the preterite instead of the perfect. */
export const preterite: ReadonlyMap<Verb, Readonly<Record<Person, string>>> = new Map([
  [verbs.be, { I: "war", you: "warst", one: "war", many: "waren" }],
  [verbs.have, { I: "hatte", you: "hattest", one: "hatte", many: "hatten" }],
]);
