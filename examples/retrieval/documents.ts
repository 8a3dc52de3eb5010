/** What the models are not asked to know by heart. */
export const documents = [
  { title: "The garden, page 3", text: "Honey comes from a bee." },
  { title: "The pond, page 1", text: "A fish has no legs, but it can swim." },
  { title: "The house, page 7", text: "With the key she opened the door." },
  { title: "The harbour, page 2", text: "The boat sailed on the sea." },
  { title: "Winter, page 5", text: "It was cold, so Anna sat by the fire." },
  { title: "The garden, page 9", text: "A rose is red, and a pumpkin is orange." },
];
