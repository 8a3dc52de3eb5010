import type { Words } from "./clause";

const both = (english: string, german: string): Words => ({ english, german });

export const outdoors = [
  both("in the garden", "im Garten"),
  both("in the forest", "im Wald"),
  both("by the lake", "am See"),
  both("by the river", "am Fluss"),
  both("under the tree", "unter dem Baum"),
  both("behind the mill", "hinter der Mühle"),
  both("on the hill", "auf dem Hügel"),
  both("in the village", "im Dorf"),
  both("by the sea", "am Meer"),
  both("on the bridge", "auf der Brücke"),
];
export const indoors = [
  both("in the house", "im Haus"),
  both("at the table", "am Tisch"),
  both("at the window", "am Fenster"),
];
export const spots = [
  both("under the bed", "unter dem Bett"),
  both("on the table", "auf dem Tisch"),
  both("in the box", "in der Kiste"),
  both("behind the door", "hinter der Tür"),
];
export const home = both("home", "nach Hause");
export const directions = [
  home,
  both("into the forest", "in den Wald"),
  both("into the garden", "in den Garten"),
  both("into the house", "ins Haus"),
  both("to the lake", "zum See"),
  both("to the river", "zum Fluss"),
  both("to the sea", "ans Meer"),
  both("to the mill", "zur Mühle"),
  both("to school", "in die Schule"),
  both("across the bridge", "über die Brücke"),
];
export const flights = [
  both("over the house", "über das Haus"),
  both("into the tree", "auf den Baum"),
  both("over the lake", "über den See"),
];
export const nowTimes = [
  both("today", "heute"),
  both("now", "jetzt"),
  both("every day", "jeden Tag"),
  both("every morning", "jeden Morgen"),
  both("in the evening", "am Abend"),
];
export const pastTimes = [
  both("yesterday", "gestern"),
  both("this morning", "heute Morgen"),
  both("in the evening", "am Abend"),
  both("last summer", "letzten Sommer"),
  both("last night", "letzte Nacht"),
];
