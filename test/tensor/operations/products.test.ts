import { describe } from "vitest";
import { readCases, testCases } from "./cases";

describe("products equal PyTorch's, gradients and edges too", () => {
  testCases(readCases("products"), 1e-5);
});
