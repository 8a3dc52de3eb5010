import { digits } from "../statistics.js";

/** x [1, channels, …], weight [out, channels / groups, …], and the places of the kernel. */
const large = [
  ["Whisper's first, 80 → 384, kernel 3, 3000 frames", { x: [1, 80, 3000], weight: [384, 80, 3], padding: 1 }],
  ["Whisper's second, 384 → 384, stride 2", { x: [1, 384, 3000], weight: [384, 384, 3], padding: 1, stride: 2 }],
  ["ViT's patches, 3 → 768, 16 × 16 of 224 × 224", { x: [1, 3, 224, 224], weight: [768, 3, 16, 16], stride: 16 }],
  ["an image's, 64 → 64, kernel 3 × 3, 56 × 56", { x: [1, 64, 56, 56], weight: [64, 64, 3, 3], padding: 1 }],
  ["depthwise, 512, kernel 31, 1500 frames", { x: [1, 512, 1500], weight: [512, 1, 31], padding: 15, groups: 512 }],
  ["depthwise, 144, kernel 3 × 3, 56 × 56", { x: [1, 144, 56, 56], weight: [144, 1, 3, 3], padding: 1, groups: 144 }],
];
const tiny = [
  ["tiny", { x: [1, 4, 9], weight: [6, 4, 3], padding: 1 }],
  ["tiny, depthwise", { x: [1, 4, 6, 6], weight: [4, 1, 3, 3], groups: 4 }],
];

/** Convolutions, each in turn with the matrix product of the same size; depthwise ones with the one of all places. */
export const rows = ({ smoke, threads }) =>
  (smoke ? tiny : large).flatMap(([title, { stride = 1, padding = 0, groups = 1, ...task }]) => {
    const { x, weight } = task;
    const places = x
      .slice(2)
      .map((size, i) => Math.floor((size + 2 * padding - weight[i + 2]) / stride) + 1)
      .reduce((product, size) => product * size, 1);
    const [m, ...depth] = weight;
    const product = { m, k: depth.reduce((product, size) => product * size, 1), n: places };
    const operations = 2 * m * product.k * places;
    return threads.map((count) => ({
      title: `convolution, ${title}`,
      work: "convolution",
      task: { ...task, stride, padding, groups, product },
      threads: count,
      who: ["ours", "onnxruntime-web", "onnxruntime-node"],
      operations,
      rate: ({ ratio }, median) =>
        [
          `${digits(operations / median / 1e6)} GFLOP/s`,
          ...(ratio ? [`${digits(100 * ratio)} % of the product's`] : []),
        ].join(", "),
    }));
  });
