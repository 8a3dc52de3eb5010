import { type Entity, named, type Plot } from "../grammar";

/** A country, its capital, and what both are known for. */
interface Country {
  readonly country: string;
  readonly capital: string;
  readonly known: readonly [language: string, water: string, dish: string, sight: string];
}

const land = (country: string, capital: string, ...known: Country["known"]): Country => ({ country, capital, known });

export const countries: readonly Country[] = [
  land("France", "Paris", "French", "Seine", "baguettes", "perfume"),
  land("Italy", "Rome", "Italian", "Tiber", "pasta", "mosaics"),
  land("Germany", "Berlin", "German", "Spree", "pretzels", "engines"),
  land("Spain", "Madrid", "Spanish", "Manzanares", "paella", "guitars"),
  land("England", "London", "English", "Thames", "pies", "umbrellas"),
  land("Japan", "Tokyo", "Japanese", "Sumida", "sushi", "robots"),
  land("China", "Beijing", "Chinese", "Yongding", "dumplings", "porcelain"),
  land("Russia", "Moscow", "Russian", "Moskva", "borscht", "ballet"),
  land("Egypt", "Cairo", "Arabic", "Nile", "falafel", "pyramids"),
  land("Greece", "Athens", "Greek", "Aegean", "olives", "temples"),
  land("Austria", "Vienna", "Austrian", "Danube", "strudel", "waltzes"),
  land("Hungary", "Budapest", "Hungarian", "Tisza", "goulash", "spas"),
  land("Poland", "Warsaw", "Polish", "Vistula", "pierogi", "amber"),
  land("Portugal", "Lisbon", "Portuguese", "Tagus", "sardines", "tiles"),
  land("Norway", "Oslo", "Norwegian", "Fjord", "salmon", "skis"),
  land("Sweden", "Stockholm", "Swedish", "Baltic", "meatballs", "furniture"),
  land("Ireland", "Dublin", "Irish", "Liffey", "stew", "harps"),
  land("Turkey", "Ankara", "Turkish", "Bosporus", "kebabs", "carpets"),
  land("India", "Delhi", "Hindi", "Ganges", "curry", "elephants"),
  land("Kenya", "Nairobi", "Swahili", "Tana", "ugali", "safaris"),
  land("Peru", "Lima", "Quechua", "Amazon", "potatoes", "llamas"),
  land("Canada", "Ottawa", "Canadian", "Yukon", "pancakes", "maple"),
];

const known = [
  "the people of {place} understand {place.language}",
  "the {place.language} newspaper is printed in {place}",
  "the {place.water} flows through {place}",
  "we saw the {place.water} in {place}",
  "lunch in {place} is {place.dish}",
  "{place} is famous for {place.sight} and {place.dish}",
  "{visitor} came back from {place} with {place.sight}",
];
const city = [
  "the mayor of {place} opened a new tram station",
  "the streets of {place} are full of taxis",
  "{visitor} stayed at a hotel in the center of {place}",
  "{place} is a crowded city with towers and squares",
  "the skyscrapers of {place} stand near the airport",
];
const country = [
  "the border of {place} lies in the mountains",
  "the villages of {place} are between fields",
  "{visitor} crossed the coast and the forests of {place}",
  "{place} is a country with farmland and islands",
  "the government of {place} raised the national flag",
];

const visitors = named("we", "they", "the tourist", "the traveler");

function places(name: "country" | "capital"): Entity[] {
  return countries.map(({ known: [language, water, dish, sight], ...names }) => ({
    name: names[name],
    ...{ language, water, dish, sight },
  }));
}

/** About capitals and countries, with the same words for what both are known for. */
export const placePlots: readonly Plot[] = [
  { roles: { place: places("capital"), visitor: visitors }, lines: [[...known, ...city]] },
  { roles: { place: places("country"), visitor: visitors }, lines: [[...known, ...country]] },
];
