import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openCatalog } from '#src/catalog/catalog.ts';
import { loadFamilies } from '#src/catalog/families.ts';
import { modelFingerprint } from '#src/catalog/fingerprint.ts';
import { tinyModel } from '../../helpers/golden.ts';

let home: string;
let dataDir: string;
let original: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'quartet-catalog-'));
  dataDir = join(home, 'data');
  original = join(home, 'my-model');
  cpSync(tinyModel, original, { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true }));

describe('the catalog', () => {
  it('has the built-in model and resolves it by name', async () => {
    const catalog = await openCatalog({ dataDir });
    const model = catalog.resolve('pocket');
    assert.equal(model.isBuiltIn, true);
    assert.equal(model.card.family, 'z-image');
    assert.ok(model.card.styles.length > 0);
  });

  it('resolves a folder without registering it', async () => {
    const catalog = await openCatalog({ dataDir });
    assert.equal(catalog.resolve(original).card.size.multiple, 16);
    assert.equal(existsSync(dataDir), false);
  });

  it('names what there is when a model is not known', async () => {
    const catalog = await openCatalog({ dataDir });
    assert.throws(() => catalog.resolve('pockett'), {
      code: 'MODEL_NOT_FOUND',
      message: /pockett.*Known are .*pocket.*Did you mean pocket\?/,
    });
  });

  it('imports by reference: kilobytes, pointing at the original', async () => {
    const catalog = await openCatalog({ dataDir });
    catalog.import(original);
    const files = readdirSync(join(dataDir, 'models'), { recursive: true });
    assert.deepEqual(files.sort(), ['my-model', 'my-model/quartet.json']);
    const registered = JSON.parse(
      readFileSync(join(dataDir, 'models/my-model/quartet.json'), 'utf8'),
    ) as { folder: string; name: string };
    assert.deepEqual([registered.folder, registered.name], [original, 'my-model']);
    assert.equal(catalog.resolve('my-model').folder, original);
    assert.ok(catalog.names().includes('my-model'));
  });

  it('keeps the card that a folder brings', async () => {
    const catalog = await openCatalog({ dataDir });
    const card = { ...catalog.resolve(original).card, steps: { default: 3, min: 1, max: 9 } };
    writeFileSync(join(original, 'quartet.json'), JSON.stringify(card));
    assert.equal(catalog.import(original, 'other').model.card.steps.max, 9);
    assert.equal(catalog.resolve('other').card.name, 'other');
  });

  it('refuses a card that contradicts itself, naming the file', async () => {
    const catalog = await openCatalog({ dataDir });
    const { card } = catalog.resolve(original);
    writeFileSync(
      join(original, 'quartet.json'),
      JSON.stringify({ ...card, steps: { default: 10, min: 1, max: 9 } }),
    );
    assert.throws(() => catalog.import(original), {
      code: 'MODEL_INVALID',
      message: /quartet\.json does not fit/,
    });
  });

  it('leaves nothing behind when a check fails', async () => {
    rmSync(join(original, 'vae/diffusion_pytorch_model.safetensors'));
    const catalog = await openCatalog({ dataDir });
    assert.throws(() => catalog.import(original), {
      code: 'MODEL_INVALID',
      message: /vae\/diffusion_pytorch_model\.safetensors/,
    });
    assert.equal(existsSync(dataDir), false);
  });

  it('refuses names that are taken or that no folder can have', async () => {
    const catalog = await openCatalog({ dataDir });
    catalog.import(original);
    assert.throws(() => catalog.import(original), {
      code: 'INVALID_REQUEST',
      message: /name my-model is taken/,
    });
    assert.throws(() => catalog.import(original, 'pocket'), { message: /name pocket is taken/ });
    for (const name of ['', '.', '..', '../x', 'a/b', '-x', 'a'.repeat(65)]) {
      assert.throws(() => catalog.import(original, name), {
        code: 'INVALID_REQUEST',
        message: /cannot be used/,
      });
    }
  });

  it('says when the original of a registered model has gone', async () => {
    const catalog = await openCatalog({ dataDir });
    catalog.import(original);
    rmSync(original, { recursive: true });
    assert.throws(() => catalog.resolve('my-model'), {
      code: 'MODEL_INVALID',
      message: /points at .*my-model, which is gone/,
    });
  });

  it('refuses a folder that is no model, and an unknown architecture by name', async () => {
    const catalog = await openCatalog({ dataDir });
    const empty = join(home, 'empty');
    mkdirSync(empty);
    assert.throws(() => catalog.import(empty), {
      code: 'MODEL_INVALID',
      message: /empty\/model_index\.json is missing/,
    });
    writeFileSync(join(empty, 'model_index.json'), '{"_class_name": "FluxPipeline"}');
    assert.throws(() => catalog.import(empty), {
      message: /FluxPipeline, which is not supported; known are .*ZImagePipeline/,
    });
    assert.throws(() => catalog.import(join(home, 'nothing')), {
      message: /nothing is not a folder/,
    });
  });
});

describe('the families', () => {
  it('are the files in their folder', async () => {
    assert.deepEqual([...(await loadFamilies()).keys()], ['z-image']);
  });

  it('are refused by file when one exports nothing', async () => {
    writeFileSync(join(home, 'empty.ts'), 'export {};');
    await assert.rejects(loadFamilies(home), /empty\.ts must export a model family by default/);
  });
});

describe('a fingerprint', () => {
  it('stays while the files stay, wherever they are', () => {
    assert.equal(modelFingerprint(original), modelFingerprint(tinyModel));
    assert.match(modelFingerprint(original), /^[0-9a-f]{32}$/);
  });

  it('changes with one byte of a weight or a config, and not with the card', () => {
    const before = modelFingerprint(original);
    writeFileSync(join(original, 'quartet.json'), '{}');
    assert.equal(modelFingerprint(original), before);
    const path = join(original, 'vae/diffusion_pytorch_model.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const changed = modelFingerprint(original);
    assert.notEqual(changed, before);
    writeFileSync(join(original, 'scheduler/scheduler_config.json'), '{}');
    assert.notEqual(modelFingerprint(original), changed);
  });
});
