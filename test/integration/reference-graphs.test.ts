import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createAutoencoder } from '#models/z-image/autoencoder.ts';
import type { TransformerConfig, VaeConfig } from '#models/z-image/config.ts';
import { emitCaption, emitDenoiser, emitModulation, sinusoid } from '#models/z-image/denoiser.ts';
import {
  captionPositions,
  imagePositions,
  ropeFrequencies,
  ropeTables,
  textPositions,
} from '#models/z-image/rope.ts';
import type { Sessions } from '#models/z-image/sessions.ts';
import { emitTextEncoder } from '#models/z-image/text-encoder.ts';
import { emitVaeDecoder, emitVaeEncoder } from '#models/z-image/vae.ts';
import { createRuntime } from '#src/engine/runtime.ts';
import { openWeights, type Weights } from '#src/onnx/weights.ts';
import type { FloatTensor, Runtime } from '#src/types/runtime.ts';
import {
  deterministicTensor,
  textEncoderShapes,
  transformerShapes,
  vaeShapes,
  writeCheckpoint,
} from '../helpers/checkpoint.ts';
import { largestDifference } from '../helpers/golden.ts';

/**
 * Numbers computed by diffusers 0.40 (main of 2026-08) and transformers 5.18 in float32 on a CPU,
 * from weights that follow from their names (test/helpers/checkpoint.ts). Shapes differ from both
 * the fixture checkpoint's and Pocket's.
 */
const tolerance = 1e-4;

let folder: string;
let runtime: Runtime;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quartet-reference-'));
  runtime = await createRuntime({ device: 'cpu' });
});
after(() => rmSync(folder, { recursive: true }));

function makeWeights(name: string, shapes: Record<string, number[]>): Weights {
  writeCheckpoint(join(folder, `${name}.safetensors`), shapes);
  return openWeights(folder, name);
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
const absoluteSum = (values: Float32Array) =>
  values.reduce((total, value) => total + Math.abs(value), 0);

function assertStart(actual: Float32Array, expected: number[]): void {
  const difference = largestDifference(actual.subarray(0, expected.length), expected);
  assert.ok(
    difference <= tolerance,
    `first values differ by ${difference}: ${actual.subarray(0, expected.length).join()}`,
  );
}

function assertSum(actual: number, expected: number, count: number): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.sqrt(count),
    `sum is ${actual}, not ${expected}`,
  );
}

describe('the transformer', () => {
  const shape = {
    channels: 4,
    dim: 64,
    layers: 2,
    refinerLayers: 1,
    heads: 2,
    captionDim: 24,
    axesDims: [8, 12, 12] as [number, number, number],
  };
  const config: TransformerConfig = {
    ...shape,
    patch: 2,
    headDim: 32,
    ffnDim: 170,
    timeDim: 64,
    normEps: 1e-5,
    ropeTheta: 256,
    timeScale: 1000,
  };
  let weights: Weights;
  before(() => {
    weights = makeWeights('transformer', transformerShapes(shape));
  });

  async function velocity(
    captionName: string,
    tokens: number,
    rows: number,
  ): Promise<Float32Array> {
    const axes = config.axesDims.map((dim) => ropeFrequencies(dim, config.ropeTheta));
    const run = async (model: Uint8Array, inputs: Record<string, FloatTensor>) => {
      const session = await runtime.createSession(model, 'expanded');
      const outputs = await session.run(inputs);
      await session.release();
      return Object.values(outputs)[0] as FloatTensor;
    };
    const caption = await run(emitCaption(config, weights, 'expanded'), {
      prompt_embeds: {
        dims: [1, tokens, 24],
        data: deterministicTensor(captionName, [tokens, 24]),
      },
      ...ropeTables(captionPositions(rows), axes),
    });
    const modulation = await run(emitModulation(config, weights, 'expanded'), {
      sinusoid: { dims: [1, 256], data: sinusoid(0.3 * config.timeScale) },
    });
    const positions = [...imagePositions(3, 5, rows), ...captionPositions(rows)];
    const output = await run(emitDenoiser(config, weights, 'expanded'), {
      latents: { dims: [1, 4, 6, 10], data: deterministicTensor('input.latent', [4, 1, 6, 10]) },
      caption,
      modulation,
      ...ropeTables(positions, axes),
    });
    assert.deepEqual(output.dims, [1, 4, 6, 10]);
    return output.data;
  }

  it('gives the reference output, its sign turned, with image and caption padding', async () => {
    const output = (await velocity('input.cap', 5, 32)).map((value) => -value);
    assertStart(
      output,
      [-0.074797, 0.12817, -1.188565, 0.716305, -0.273323, 0.110506, 0.326917, 0.041113],
    );
    assertSum(sum(output), 20.67334, output.length);
    assertSum(absoluteSum(output), 188.352166, output.length);
  });

  it('gives the reference output for a caption of two pads of 32', async () => {
    const output = (await velocity('input.cap40', 40, 64)).map((value) => -value);
    assertStart(output, [-0.11997, 0.212464, -1.040508, 0.575566]);
    assertSum(sum(output), 15.138398, output.length);
    assertSum(absoluteSum(output), 184.893302, output.length);
  });
});

describe('the text encoder', () => {
  const shape = {
    vocab: 97,
    hidden: 32,
    intermediate: 48,
    layers: 3,
    heads: 4,
    kvHeads: 2,
    headDim: 16,
  };

  it('gives the hidden states before the last layer', async () => {
    const config = {
      hiddenSize: 32,
      intermediateSize: 48,
      layers: 3,
      heads: 4,
      kvHeads: 2,
      headDim: 16,
      normEps: 1e-6,
      vocabSize: 97,
      attentionBias: false,
      maxPositions: Infinity,
      ropeTheta: 1e6,
      bufferType: 'float32' as const,
    };
    const weights = makeWeights('text', textEncoderShapes(shape));
    const session = await runtime.createSession(
      emitTextEncoder(config, weights, 'expanded'),
      'expanded',
    );
    const ids = [5, 17, 3, 96, 42, 8, 11];
    const { prompt_embeds } = await session.run({
      input_ids: { dims: [1, 7], data: BigInt64Array.from(ids, BigInt) },
      ...ropeTables(textPositions(7), [ropeFrequencies(16, 1e6)]),
    });
    const { dims, data } = prompt_embeds as FloatTensor;
    assert.deepEqual(dims, [1, 7, 32]);
    assertStart(data, [-1.404175, -1.767835, 0.071016, 1.016155]);
    assertSum(sum(data), -6.746, data.length);
    assertSum(absoluteSum(data), 236.681956, data.length);
    await session.release();
  });
});

describe('the autoencoder', () => {
  const config: VaeConfig = {
    channels: 4,
    blocks: [16, 32],
    layersPerBlock: 1,
    groups: 8,
    midAttention: true,
    quantConv: false,
    postQuantConv: false,
    sampleSize: 16,
    scalingFactor: 1,
    shiftFactor: 0,
    scale: 2,
  };
  let weights: Weights;
  before(() => {
    weights = makeWeights('vae', vaeShapes({ channels: 4, blocks: [16, 32], layersPerBlock: 1 }));
  });

  /** Planar `[3, height, width]`, the order of the reference's numbers. */
  const planar = ({ data }: FloatTensor) =>
    Float32Array.from({ length: data.length }, (_, i) => {
      const pixels = data.length / 3;
      return data[(i % pixels) * 3 + Math.floor(i / pixels)] as number;
    });

  async function decode(name: string, [height, width]: [number, number]): Promise<FloatTensor> {
    const session = await runtime.createSession(
      emitVaeDecoder(config, weights, 'expanded'),
      'expanded',
    );
    const latents = {
      dims: [1, 4, height, width],
      data: deterministicTensor(name, [1, 4, height, width]),
    };
    const { image } = await session.run({ latents });
    await session.release();
    return image as FloatTensor;
  }

  it('decodes to the reference image', async () => {
    const image = await decode('input.z', [6, 10]);
    assert.deepEqual(image.dims, [1, 12, 20, 3]);
    assertStart(planar(image), [0.017335, -0.048862, 0.407956, 0.192559]);
    assertSum(sum(image.data), -35.540838, image.data.length);
    assertSum(absoluteSum(image.data), 329.407096, image.data.length);
  });

  it('decodes a larger grid whole', async () => {
    const image = await decode('input.zz', [14, 18]);
    assertStart(planar(image), [0.17583, -0.052871, 0.031301]);
    assertSum(sum(image.data), -136.181802, image.data.length);
  });

  it('decodes the same grid in tiles of 16 pixels as the reference does', async () => {
    const model = emitVaeDecoder(config, weights, 'expanded');
    const session = await runtime.createSession(model, 'expanded');
    const sessions: Sessions = {
      get: () => Promise.resolve(session),
      prepare: () => Promise.resolve(),
      release: () => session.release(),
    };
    const autoencoder = createAutoencoder(config, sessions);
    const floats = await autoencoder.decodeFloat(
      deterministicTensor('input.zz', [4, 14, 18]),
      { width: 36, height: 28 },
      16,
    );
    const image = { dims: [1, 28, 36, 3], data: floats };
    assertStart(planar(image), [0.276654, -0.038735, 0.048939]);
    assertSum(sum(floats), -132.739021, floats.length);
    await sessions.release();
  });

  it('encodes to the reference mean', async () => {
    const session = await runtime.createSession(
      emitVaeEncoder(config, weights, 'expanded'),
      'expanded',
    );
    const pixels = deterministicTensor('input.img', [1, 3, 12, 20]);
    const interleaved = Float32Array.from(
      { length: pixels.length },
      (_, i) => pixels[(i % 3) * 240 + Math.floor(i / 3)] as number,
    );
    const { moments } = await session.run({ image: { dims: [1, 12, 20, 3], data: interleaved } });
    const { dims, data } = moments as FloatTensor;
    assert.deepEqual(dims, [1, 6, 10, 8]);
    const mean = Float32Array.from(
      { length: 4 * 60 },
      (_, i) => data[(i % 60) * 8 + Math.floor(i / 60)] as number,
    );
    assertStart(mean, [-0.012207, -0.257018, -0.615691]);
    assertSum(sum(mean), 6.495449, mean.length);
    await session.release();
  });
});
