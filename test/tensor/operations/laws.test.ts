import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  concatenate,
  embedding,
  layerNorm,
  linear,
  log,
  logSoftmax,
  matmul,
  mean,
  multiply,
  ones,
  permute,
  reshape,
  rmsNorm,
  type Shape,
  slice,
  softmax,
  subtract,
  sum,
  type Tensor,
  tensor,
  transpose,
  tril,
  triu,
} from "../../../src/tensor";
import { close, maxDifference, rowsSumToOne, tensors } from "../../../src/testing";

/** A tensor that is seen as of any shape, so that the compiler leaves the check to the run. */
const any = (x: Tensor): Tensor => x;
const size = fc.integer({ min: 1, max: 5 });
const holds = <T>(arbitrary: fc.Arbitrary<T>, law: (drawn: T) => boolean) => {
  fc.assert(fc.property(arbitrary, law), { numRuns: 100 });
};
const several = (...shapes: Shape[]) => fc.tuple(...shapes.map((shape) => tensors(shape)));
const largest = (x: Tensor) => x.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);

describe("softmax", () => {
  it("sums to one along its axis", () => {
    holds(tensors(), (x) => rowsSumToOne(softmax(x), 1e-6));
    holds(tensors(), (x) => maxDifference(sum(softmax(x, { axis: 0 }), { axis: 0 }), ones(x.shape.slice(1))) < 1e-6);
  });

  it("does not notice a number that is added to all scores", () => {
    holds(fc.tuple(tensors(), fc.integer({ min: -100, max: 100 })), ([x, shift]) =>
      close(softmax(add(x, shift)), softmax(x), 1e-6),
    );
  });

  it("keeps the order of the scores", () => {
    holds(tensors([6]), (x) => {
      const y = softmax(x).data;
      return x.data.every((a, i) => x.data.every((b, j) => a <= b === y[i]! <= y[j]!));
    });
  });

  it("is the exponential of logSoftmax", () => {
    holds(tensors(), (x) => close(log(softmax(x)), logSoftmax(x), 1e-4));
  });

  it("follows its axis when the axes move", () => {
    holds(tensors([2, 3, 4]), (x) =>
      close(permute(softmax(x, { axis: 1 }), [1, 2, 0]), softmax(permute(x, [1, 2, 0]), { axis: 0 }), 0),
    );
  });
});

describe("normalization", () => {
  const rows = size.chain((count) => tensors([count, 6]));
  /** Rows that differ within themselves, so that ε is small beside the variance. */
  const varied = rows.filter((x) =>
    Array.from({ length: x.shape[0]! }, (_, row) => new Set(x.data.slice(row * 6, row * 6 + 6)).size).every(
      (distinct) => distinct > 3,
    ),
  );

  it("layerNorm ignores scale and shift of its input", () => {
    holds(fc.tuple(varied, fc.constantFrom(0.5, 2, 10), fc.integer({ min: -20, max: 20 })), ([x, scale, shift]) => {
      const options = { epsilon: 0 };
      const moved = layerNorm(add(multiply(x, scale), shift), undefined, undefined, options);
      return close(moved, layerNorm(x, undefined, undefined, options), 2e-5);
    });
  });

  it("layerNorm gives rows of mean 0 and mean square 1", () => {
    holds(varied, (x) => {
      const y = layerNorm(x, undefined, undefined, { epsilon: 0 });
      const zero = maxDifference(mean(y, { axis: -1 }), multiply(sum(y, { axis: -1 }), 0));
      const square = mean(multiply(any(y), any(y)), { axis: -1 });
      return zero < 1e-5 && maxDifference(square, ones(square.shape)) < 1e-5;
    });
  });

  it("rmsNorm ignores scale, not shift", () => {
    holds(fc.tuple(varied, fc.constantFrom(0.5, 2, 10)), ([x, scale]) =>
      close(rmsNorm(multiply(x, scale), undefined, { epsilon: 0 }), rmsNorm(x, undefined, { epsilon: 0 }), 1e-5),
    );
    const shifted = rmsNorm(tensor([1, 2, 3]));
    expect(maxDifference(shifted, rmsNorm(tensor([0, 1, 2])))).toBeGreaterThan(0.1);
  });

  it("layerNorm is rmsNorm of what is left without the mean", () => {
    holds(rows, (x) => {
      const centred = subtract(any(x), mean(x, { axis: -1, keepAxis: true }));
      return close(
        layerNorm(x, undefined, undefined, { epsilon: 0.1 }),
        rmsNorm(centred, undefined, { epsilon: 0.1 }),
        1e-5,
      );
    });
  });
});

describe("products", () => {
  const chain = fc.tuple(size, size, size, size).chain(([m, k, n, p]) => several([m, k], [k, n], [n, p]));

  it("matmul is associative but for rounding", () => {
    holds(chain, ([a, b, c]) => {
      const [left, right] = [matmul(matmul(a!, b!), c!), matmul(a!, matmul(b!, c!))];
      return maxDifference(left, right) <= 1e-5 * largest(left);
    });
  });

  it("matmul distributes over addition, and transposes reverse it", () => {
    const pair = fc.tuple(size, size, size).chain(([m, k, n]) => several([m, k], [k, n], [k, n]));
    holds(pair, ([a, b, c]) => {
      const together = matmul(a!, add(b!, c!));
      return (
        maxDifference(together, add(matmul(a!, b!), matmul(a!, c!))) <= 1e-5 * largest(together) &&
        close(transpose(matmul(a!, b!)), matmul(transpose(b!), transpose(a!)), 0)
      );
    });
  });

  it("matmul of a batch is the matmul of each matrix", () => {
    holds(several([3, 2, 4], [3, 4, 2]), ([a, b]) => {
      const matrix = (x: Tensor, i: number) => reshape(slice(x, { axis: 0, start: i, end: i + 1 }), x.shape.slice(1));
      const each = [0, 1, 2].map((i) => reshape(matmul(matrix(a!, i), matrix(b!, i)), [1, 2, 2]));
      return close(matmul(a!, b!), concatenate(each, { axis: 0 }), 0);
    });
  });

  it("linear is a product with the transposed weight, and a bias", () => {
    holds(several([2, 3, 4], [5, 4], [5]), ([x, weight, b]) =>
      close(linear(x!, weight!, b!), add(matmul(x!, transpose(weight!)), b!), 1e-5),
    );
  });

  it("embedding is a product with rows of the unit matrix", () => {
    holds(fc.tuple(tensors([4, 3]), fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 })), ([table, ids]) => {
      const oneHot = reshape(embedding(ids, tril(triu(ones([4, 4])))), [ids.length, 4]);
      return close(embedding(ids, table), matmul(oneHot, table), 0);
    });
  });
});

describe("layout", () => {
  it("broadcasting equals explicit repetition", () => {
    const shapes: readonly (readonly [Shape, Shape])[] = [
      [[2, 3], [3]],
      [
        [2, 3],
        [2, 1],
      ],
      [
        [2, 1, 3],
        [4, 1],
      ],
      [[1], [3, 2]],
    ];
    for (const [a, b] of shapes) {
      holds(several(a, b), ([x, y]) => {
        const found = multiply(x!, y!);
        const wide = add(found, Number.NaN).shape;
        return close(found, multiply(repeated(x!, wide), repeated(y!, wide)), 0);
      });
    }
  });

  it("a permutation and its inverse undo each other", () => {
    const permuted = fc.tuple(tensors([2, 3, 1, 4]), fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }));
    holds(permuted, ([x, order]) => {
      const inverse = order.map((_, axis) => order.indexOf(axis));
      return close(permute(permute(x, order), inverse), x, 0);
    });
  });

  it("slices of an axis concatenate to the whole", () => {
    holds(fc.tuple(tensors([2, 5, 3]), fc.nat({ max: 5 })), ([x, cut]) =>
      close(concatenate([slice(x, { axis: 1, end: cut }), slice(x, { axis: 1, start: cut })], { axis: 1 }), x, 0),
    );
  });

  it("a triangle and what it leaves out make the whole", () => {
    holds(fc.tuple(tensors([2, 3, 4]), fc.integer({ min: -4, max: 4 })), ([x, diagonal]) =>
      close(add(tril(x, { diagonal }), triu(x, { diagonal: diagonal + 1 })), x, 0),
    );
  });

  it("sums may be taken axis by axis in any order", () => {
    holds(tensors([2, 3, 4]), (x) => {
      const [rows, columns] = [sum(sum(x, { axis: 1 }), { axis: -1 }), sum(sum(x, { axis: 2 }), { axis: 1 })];
      return close(rows, columns, 1e-4) && Math.abs(sum(x).item() - sum(rows).item()) < 1e-4;
    });
  });
});

/** Copies of x side by side until it has the wider shape. */
function repeated(x: Tensor, wide: Shape): Tensor {
  const full = [...new Array<number>(wide.length - x.rank).fill(1), ...x.shape];
  return wide.reduce<Tensor>(
    (grown, length, axis) =>
      full[axis] === length ? grown : concatenate(new Array<Tensor>(length).fill(grown), { axis: axis as number }),
    reshape(x, full),
  );
}
