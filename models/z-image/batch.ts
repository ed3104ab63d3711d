import type { FloatTensor } from '#src/types/runtime.ts';

/** Tensors of equal shape as one batch; unequal ones stay apart. */
export function batchEqual(tensors: FloatTensor[]): FloatTensor[] {
  const [first] = tensors as [FloatTensor];
  if (tensors.some(({ dims }) => dims.join() !== first.dims.join())) return tensors;
  const data = new Float32Array(first.data.length * tensors.length);
  tensors.forEach((tensor, i) => data.set(tensor.data, i * first.data.length));
  return [{ dims: [tensors.length, ...first.dims.slice(1)], data }];
}

/** The same item as often as the other tensor has items. */
export function repeatBatch(item: Float32Array, dims: number[], like: FloatTensor): FloatTensor {
  const count = like.dims[0] as number;
  if (count === 1) return { dims, data: item };
  const data = new Float32Array(item.length * count);
  for (let i = 0; i < count; i += 1) data.set(item, i * item.length);
  return { dims: [count, ...dims.slice(1)], data };
}

/** The items of a batch, as views. */
export function splitBatch({ dims, data }: FloatTensor): Float32Array[] {
  const count = dims[0] as number;
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size));
}
