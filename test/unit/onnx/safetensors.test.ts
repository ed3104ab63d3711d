import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readSafetensorsHeader, readTensor, writeSafetensors } from '#src/onnx/safetensors.ts';

describe('safetensors', () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'quartet-safetensors-'));
    path = join(folder, 'a.safetensors');
    writeSafetensors(path, {
      latents: { shape: [1, 2, 2], data: Float32Array.of(1, 2, 3, 4) },
      other: { shape: [1], data: Float32Array.of(-0.5) },
    });
  });
  after(() => rmSync(folder, { recursive: true }));

  const rejects = (bytes: Buffer | string, pattern: RegExp) => {
    const broken = join(folder, 'broken.safetensors');
    writeFileSync(broken, bytes);
    assert.throws(() => readSafetensorsHeader(broken), { code: 'MODEL_INVALID', message: pattern });
  };
  const withHeader = (header: unknown, data = 0) => {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([prefix, json, Buffer.alloc(data)]);
  };

  it('reads back what it wrote', () => {
    assert.deepEqual(readTensor(path, 'latents'), {
      shape: [1, 2, 2],
      data: Float32Array.of(1, 2, 3, 4),
    });
    assert.deepEqual(readTensor(path, 'other'), { shape: [1], data: Float32Array.of(-0.5) });
  });

  it('pads its header so that the data starts at a multiple of 8', () => {
    const header = Number(readFileSync(path).readBigUInt64LE(0));
    assert.equal(header % 8, 0);
  });

  it('names the tensors there are when the wanted one is missing', () => {
    assert.throws(() => readTensor(path, 'noise'), /no tensor named noise; it has latents, other/);
  });

  it('refuses a file that is cut off, naming the tensor', () => {
    const cut = join(folder, 'cut.safetensors');
    writeFileSync(cut, readFileSync(path));
    truncateSync(cut, readFileSync(path).length - 2);
    assert.throws(() => readSafetensorsHeader(cut), {
      code: 'MODEL_INVALID',
      message: /cut off: tensor other ends at byte/,
    });
  });

  it('refuses a missing file', () => {
    assert.throws(() => readSafetensorsHeader(join(folder, 'nothing')), {
      code: 'MODEL_INVALID',
      message: /nothing cannot be read/,
    });
  });

  it('refuses a file that is no safetensors file', () => {
    rejects('', /no header length/);
    rejects('hello, this is a text file', /no header length/);
    rejects(withHeader('{"a": '), /header is no JSON/);
    rejects(withHeader({ a: { dtype: 'F32' } }), /does not fit the format/);
  });

  it('refuses a header longer than the file', () => {
    const bytes = withHeader({});
    bytes.writeBigUInt64LE(5000n);
    rejects(bytes, /is cut off: its header needs 5008 bytes/);
  });

  it('refuses a tensor whose bytes do not fit its shape', () => {
    rejects(
      withHeader({ a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, 8),
      /tensor a \(F32 \[3\]\) has 8 bytes instead of 12/,
    );
  });
});
