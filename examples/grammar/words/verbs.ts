import { type Entity, named, type Plot } from "../grammar";

/** The forms of a verb: "sing", "sings", "singing", "sang". */
export interface Verb {
  readonly base: string;
  readonly third: string;
  readonly gerund: string;
  readonly past: string;
}

type Circumstances = readonly [string, string, string];

const verb = (forms: string, ...[a, b, c]: Circumstances): Verb & { a: string; b: string; c: string } => {
  const [base = "", third = "", gerund = "", past = ""] = forms.split(" ");
  return { ...{ base, third, gerund, past }, ...{ a, b, c } };
};

export const verbs = [
  verb("walk walks walking walked", "along the footpath", "with a stick", "barefoot"),
  verb("run runs running ran", "in a race", "as fast as the wind", "round the stadium"),
  verb("swim swims swimming swam", "in the lake", "like a dolphin", "under water"),
  verb("eat eats eating ate", "bread with butter", "a sandwich", "soup with a spoon"),
  verb("drink drinks drinking drank", "a cup of tea", "juice", "cold milk from a glass"),
  verb("sing sings singing sang", "a song", "in the choir", "a melody out of tune"),
  verb("write writes writing wrote", "a letter", "with a pen", "poems into a diary"),
  verb("draw draws drawing drew", "a picture", "with a pencil", "circles on paper"),
  verb("drive drives driving drove", "a truck", "on the highway", "behind the steering wheel"),
  verb("fly flies flying flew", "a kite", "an airplane", "above the clouds"),
  verb("ride rides riding rode", "a bicycle", "in the saddle", "a donkey"),
  verb("build builds building built", "a wall", "with bricks", "a shed with hammer and nails"),
  verb("buy buys buying bought", "a ticket", "with coins", "vegetables at the market"),
  verb("sell sells selling sold", "secondhand lamps", "for a high price", "goods to customers"),
  verb("catch catches catching caught", "a trout", "butterflies in a net", "a thief"),
  verb("throw throws throwing threw", "a stone", "a ball over the fence", "snowballs at the wall"),
  verb("teach teaches teaching taught", "mathematics", "in a classroom", "beginners to count"),
  verb("wear wears wearing wore", "a raincoat", "gloves", "glasses"),
  verb("sleep sleeps sleeping slept", "under a blanket", "on a soft pillow", "until noon"),
  verb("speak speaks speaking spoke", "into the microphone", "with a loud voice", "on the radio"),
  verb("break breaks breaking broke", "a vase", "into pieces", "a branch in two"),
  verb("cook cooks cooking cooked", "noodles", "in a pot", "on the stove"),
  verb("paint paints painting painted", "a portrait", "with a brush", "in bright colors"),
  verb("dance dances dancing danced", "a tango", "to the music", "with a partner"),
  verb("climb climbs climbing climbed", "a ladder", "up the cliff", "with ropes"),
  verb("wash washes washing washed", "the dishes", "with soap", "shirts in the bathtub"),
  verb("play plays playing played", "chess", "the violin", "football on the lawn"),
  verb("jump jumps jumping jumped", "over a puddle", "from a springboard", "on a trampoline"),
];

/** The times of each form; what is done is the same in all. */
const times: Readonly<Record<keyof Verb, readonly string[]>> = {
  base: [
    "tomorrow {someone} will {act} {act.what}",
    "{someone} must {act} {act.what} soon",
    "{someone} can {act} {act.what} if nothing goes wrong",
  ],
  third: [
    "{someone} usually {act} {act.what}",
    "every day {someone} {act} {act.what}",
    "{someone} always {act} {act.what} on Sundays",
  ],
  gerund: [
    "at this moment {someone} is {act} {act.what}",
    "look, {someone} is {act} {act.what} right now",
    "{someone} is still {act} {act.what}",
  ],
  past: [
    "yesterday {someone} {act} {act.what}",
    "last week {someone} {act} {act.what}",
    "{someone} {act} {act.what} some time ago",
  ],
};

const someone = named("he", "she", "Tom", "Anna", "the farmer", "the teacher", "my friend", "our neighbor");

const actsOf = (form: keyof Verb): Entity[] =>
  verbs.flatMap(({ a, b, c, ...forms }) => [a, b, c].map((what) => ({ name: forms[form], what })));

/** What somebody does, did, is doing or will do. */
export const verbPlots: readonly Plot[] = (Object.keys(times) as (keyof Verb)[]).map((form) => ({
  roles: { act: actsOf(form), someone },
  lines: [times[form]],
}));
