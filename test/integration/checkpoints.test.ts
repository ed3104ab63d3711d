import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import zImage from '#models/z-image.ts';
import { createRuntime } from '#src/engine/runtime.ts';
import type { DrawRequest } from '#src/types/model.ts';
import type { Runtime, Tensor } from '#src/types/runtime.ts';
import {
  componentFile,
  textEncoderShapes,
  transformerShapes,
  vaeShapes,
  writeCheckpoint,
} from '../helpers/checkpoint.ts';
import { tinyModel } from '../helpers/golden.ts';
import { headerOf, makeModel, otherShape, writeConfigs } from '../helpers/model-folder.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
function keep(folder: string): string {
  folders.push(folder);
  return folder;
}

const request: DrawRequest = {
  prompt: '红苹果，扁平插画',
  negative: '模糊',
  width: 40,
  height: 56,
  steps: 2,
  cfg: 2.5,
  seeds: [3],
  tile: 0,
};

async function draw(
  folder: string,
  changes: Partial<DrawRequest> = {},
  runtime: Promise<Runtime> | Runtime = createRuntime({ device: 'cpu' }),
): Promise<Uint8Array> {
  const pipeline = await zImage.load(await runtime, folder);
  try {
    for await (const event of pipeline.draw(
      { ...request, ...changes },
      new AbortController().signal,
    )) {
      if (event.type === 'candidate') return event.picture.pixels;
    }
    throw new Error('no picture came');
  } finally {
    await pipeline.dispose();
  }
}

function largestLevelDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

describe('a checkpoint of other shapes', () => {
  it('draws from its config files alone, in either generation of spellings', async () => {
    const old = await draw(keep(makeModel()));
    assert.equal(old.length, 40 * 56 * 3);
    assert.ok(new Set(old).size > 20, 'the picture has structure');
    assert.deepEqual(await draw(keep(makeModel({ spelling: 'new' }))), old);
  });

  it('draws the same whether its weights are expanded at load or converted while it runs', async () => {
    for (const dtype of ['F32', 'BF16', 'F16'] as const) {
      const folder = keep(makeModel({ dtype }));
      const difference = largestLevelDifference(
        await draw(folder),
        await draw(folder, {}, createRuntime({ device: 'cpu', placement: 'mapped' })),
      );
      assert.ok(difference <= 1, `${dtype}: ${difference} levels`);
    }
  });

  it('draws any size of its grid with the graphs of one load', async () => {
    const pipeline = await zImage.load(await createRuntime({ device: 'cpu' }), keep(makeModel()));
    for (const [width, height] of [
      [8, 8],
      [64, 16],
      [24, 72],
      [128, 96],
    ] as const) {
      for await (const event of pipeline.draw(
        { ...request, width, height },
        new AbortController().signal,
      )) {
        if (event.type === 'candidate')
          assert.equal(event.picture.pixels.length, width * height * 3);
      }
    }
    await pipeline.dispose();
  });

  it('draws with a text encoder that was saved without its language model around it', async () => {
    const folder = keep(makeModel());
    const shapes = textEncoderShapes({ ...otherShape.textEncoder, layers: 3 });
    const bare = Object.entries(shapes).map(([name, shape]) => [name.replace('model.', ''), shape]);
    writeCheckpoint(componentFile(folder, 'text_encoder'), Object.fromEntries(bare), 'F32');
    assert.equal((await draw(folder)).length, 40 * 56 * 3);
  });

  it('derives a card: the grid from VAE and patch, the limits from the rest', () => {
    const card = zImage.deriveCard(keep(makeModel()), 'other');
    assert.deepEqual(card.size, { default: '64x64', min: 8, max: 2048, multiple: 8, presets: {} });
    assert.deepEqual(card.steps, { default: 8, min: 1, max: 200 });
    assert.deepEqual(card.cfg, { default: 1, min: 1, max: 30 });
    assert.equal(card.promptTokens, 512);
    assert.deepEqual(zImage.latentGrid(keep(makeModel())), { channels: 6, scale: 4 });
  });
});

describe('guidance', () => {
  it('gives the same picture whether both sides are one batch or two runs', async () => {
    const folder = keep(makeModel());
    const runtime = await createRuntime({ device: 'cpu' });
    const batches: number[] = [];
    /** Takes every batch apart, runs its items on their own and puts the results together. */
    const apart: Runtime = {
      ...runtime,
      async createSession(model, placement) {
        const session = await runtime.createSession(model, placement);
        return {
          ...session,
          async run(inputs) {
            const { latents, caption } = inputs;
            if (!latents || !caption) return session.run(inputs);
            const count = latents.dims[0] as number;
            batches.push(count);
            const item = ({ dims, data }: Tensor, i: number): Tensor => ({
              dims: [1, ...dims.slice(1)],
              data: data.slice((i * data.length) / count, ((i + 1) * data.length) / count),
            });
            const velocities: number[] = [];
            for (let i = 0; i < count; i += 1) {
              const one = { ...inputs, latents: item(latents, i), caption: item(caption, i) };
              velocities.push(...((await session.run(one)).velocity?.data ?? []));
            }
            return { velocity: { dims: latents.dims, data: Float32Array.from(velocities) } };
          },
        };
      },
    };
    assert.deepEqual(await draw(folder, {}, apart), await draw(folder, {}, runtime));
    assert.deepEqual(batches, [2, 2]);
    const long = { negative: 'blurry, '.repeat(20) };
    assert.deepEqual(await draw(folder, long, apart), await draw(folder, long, runtime));
    assert.deepEqual(batches.slice(2), [1, 1, 1, 1]);
  });
});

describe('image-to-image', () => {
  it('keeps more of the picture the smaller the strength is', async () => {
    const folder = keep(makeModel());
    const pixels = await draw(folder);
    const at = async (strength: number) => {
      const drawn = await draw(folder, { image: { pixels, strength }, steps: 8, seeds: [99] });
      return (
        drawn.reduce((sum, value, i) => sum + Math.abs(value - (pixels[i] as number)), 0) /
        drawn.length
      );
    };
    const [little, much] = [await at(0.1), await at(1)];
    assert.ok(little < much, `strength 0.1 changes ${little}, strength 1 changes ${much}`);
  });

  it('encodes and decodes in tiles', async () => {
    const folder = keep(makeModel());
    const pixels = new Uint8Array(96 * 128 * 3).fill(128);
    const changes = { width: 96, height: 128, image: { pixels, strength: 0.5 }, steps: 2 };
    const whole = await draw(folder, changes);
    const tiled = await draw(folder, { ...changes, tile: 32 });
    assert.equal(tiled.length, whole.length);
    assert.notDeepEqual(tiled, whole);
  });
});

describe('checking a model', () => {
  const copy = () => {
    const folder = keep(mkdtempSync(join(tmpdir(), 'quartet-check-')));
    cpSync(tinyModel, folder, { recursive: true });
    return folder;
  };
  const rejects = (folder: string, pattern: RegExp) =>
    assert.throws(() => zImage.check(folder), { code: 'MODEL_INVALID', message: pattern });
  const edit = (path: string, change: (json: Record<string, unknown>) => void) => {
    const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    change(json);
    writeFileSync(path, JSON.stringify(json));
  };
  const shard = 'transformer/diffusion_pytorch_model-00003-of-00007.safetensors';
  const index = 'transformer/diffusion_pytorch_model.safetensors.index.json';

  it('says what the components are stored in', () => {
    const { components } = zImage.check(tinyModel);
    assert.deepEqual(
      components.map(({ name, dtypes }) => [name, ...dtypes]),
      [
        ['text_encoder', 'BF16'],
        ['transformer', 'BF16'],
        ['vae', 'F32'],
      ],
    );
  });

  it('accepts the published 6-billion-parameter model by its shapes without reading a weight', () => {
    const folder = keep(mkdtempSync(join(tmpdir(), 'quartet-6b-')));
    const transformer = {
      channels: 16,
      dim: 3840,
      layers: 30,
      refinerLayers: 2,
      heads: 30,
      captionDim: 2560,
      axesDims: [32, 48, 48] as [number, number, number],
    };
    const vae = { channels: 16, blocks: [128, 256, 512, 512], layersPerBlock: 2, groups: 32 };
    const textEncoder = {
      vocab: 151_936,
      hidden: 2560,
      intermediate: 9728,
      layers: 36,
      heads: 32,
      kvHeads: 8,
      headDim: 128,
    };
    writeConfigs(folder, { transformer, vae, textEncoder, shift: 3, spelling: 'old' });
    const files = [
      [componentFile(folder, 'transformer'), transformerShapes(transformer), 'F32'],
      [componentFile(folder, 'text_encoder'), textEncoderShapes(textEncoder), 'BF16'],
      [componentFile(folder, 'vae'), vaeShapes(vae), 'BF16'],
    ] as const;
    for (const [path, shapes, dtype] of files) {
      const { header, dataBytes } = headerOf(shapes, dtype);
      writeFileSync(path, header);
      // A hole of the right size: the file system keeps no bytes for it.
      truncateSync(path, header.length + dataBytes);
    }
    const [, transformerCheck] = zImage.check(folder).components;
    assert.equal(transformerCheck?.bytes, 24_619_634_944);
    assert.equal(transformerCheck?.tensors, 521);
    assert.equal(zImage.deriveCard(folder, 'big').size.multiple, 16);
  });

  it('names the file that is missing, and the tensor that is in it', () => {
    const folder = copy();
    rmSync(join(folder, shard));
    rejects(
      folder,
      /index\.json names the file diffusion_pytorch_model-00003-of-00007\.safetensors for tensor \S+, and that file is missing/,
    );
  });

  it('names a shard that is cut off', () => {
    const folder = copy();
    truncateSync(join(folder, shard), statSync(join(folder, shard)).size - 1000);
    rejects(folder, /00003-of-00007\.safetensors is cut off: tensor \S+ ends at byte/);
  });

  it('names a tensor that the index promises and the file lacks', () => {
    const folder = copy();
    edit(join(folder, index), (json) => {
      (json.weight_map as Record<string, string>)['x_pad_token'] =
        'diffusion_pytorch_model-00001-of-00007.safetensors';
      (json.weight_map as Record<string, string>)['nonsense'] =
        'diffusion_pytorch_model-00001-of-00007.safetensors';
    });
    rejects(
      folder,
      /00001-of-00007\.safetensors lacks tensor \S+, which \S+index\.json promises there/,
    );
  });

  it('refuses an index that points out of its folder', () => {
    const folder = copy();
    edit(join(folder, index), (json) => {
      (json.weight_map as Record<string, string>)['x_pad_token'] =
        '../vae/diffusion_pytorch_model.safetensors';
    });
    rejects(folder, /names the file \.\.\/vae/);
  });

  it('names a tensor of the wrong shape with both shapes', () => {
    const folder = copy();
    edit(join(folder, 'vae/config.json'), (json) => (json.block_out_channels = [16, 24, 32, 36]));
    rejects(folder, /vae\S+ has tensor \S+ with shape \[.*\]; the config says \[.*36.*\]/);
  });

  it('names a tensor of a dtype that cannot be used', () => {
    const folder = copy();
    const path = componentFile(folder, 'vae');
    const bytes = readFileSync(path);
    const at = bytes.indexOf('"F32"');
    bytes.write('"I32"', at);
    writeFileSync(path, bytes);
    rejects(folder, /has tensor \S+ in I32; F32, BF16 and F16 are supported/);
  });

  it('names a layer that is missing altogether', () => {
    const folder = copy();
    edit(join(folder, 'transformer/config.json'), (json) => (json.n_layers = 3));
    rejects(folder, /transformer lacks tensor layers\.2\.\S+ \[/);
  });

  it('refuses a tokenizer that does not fit the vocabulary', () => {
    const folder = copy();
    edit(join(folder, 'text_encoder/config.json'), (json) => (json.vocab_size = 5000));
    rejects(
      folder,
      /tokenizer\.json has token id 6002, but the text encoder's vocabulary ends at 4999/,
    );
  });

  it('refuses a config of another architecture, naming the field', () => {
    const folder = copy();
    edit(join(folder, 'text_encoder/config.json'), (json) => (json.model_type = 'gemma2'));
    rejects(
      folder,
      /text_encoder\/config\.json does not fit this architecture: model_type: only the Qwen3 layout/,
    );
  });

  it('refuses components that do not fit each other', () => {
    const folder = copy();
    edit(join(folder, 'transformer/config.json'), (json) => (json.cap_feat_dim = 64));
    rejects(folder, /captions of 64 \(cap_feat_dim\), the text encoder gives 48/);
  });

  it('refuses a schedule it cannot follow', () => {
    const folder = copy();
    edit(
      join(folder, 'scheduler/scheduler_config.json'),
      (json) => (json.use_dynamic_shifting = true),
    );
    rejects(folder, /use_dynamic_shifting/);
  });

  it('names a config file that is missing or no JSON', () => {
    const folder = copy();
    writeFileSync(join(folder, 'vae/config.json'), '{');
    rejects(folder, /vae\/config\.json is not readable as JSON/);
    renameSync(join(folder, 'vae'), join(folder, 'autoencoder'));
    rejects(folder, /vae\/config\.json is missing/);
  });

  it('leaves the folder as it was', () => {
    const folder = copy();
    zImage.check(folder);
    assert.equal(existsSync(join(folder, 'quartet.json')), false);
    mkdirSync(join(folder, 'unrelated'));
    writeCheckpoint(join(folder, 'unrelated/x.safetensors'), { x: [1] });
    assert.doesNotThrow(() => zImage.check(folder));
  });
});
