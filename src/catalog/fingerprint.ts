import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const samples = 16;
const sampleBytes = 64 * 1024;

/**
 * Tells one set of weights from another without reading gigabytes: SHA-256 over the contents of all
 * JSON files of the model's components, and for every safetensors file its name, its size and 64 KiB
 * at 16 places spread evenly from its first byte to its last. 32 hexadecimal digits.
 */
export function modelFingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const file of modelFiles(folder)) {
    hash.update(`${file}\0`);
    if (file.endsWith('.safetensors')) hashSamples(hash, join(folder, file));
    else hash.update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

/** Files that determine pictures, by their path in the folder. Cards and other papers do not. */
function modelFiles(folder: string): string[] {
  const components = ['scheduler', 'text_encoder', 'tokenizer', 'transformer', 'vae'];
  return components.flatMap((component) =>
    readdirSync(join(folder, component))
      .filter((file) => /\.(json|safetensors|jinja|txt)$/.test(file))
      .sort()
      .map((file) => `${component}/${file}`),
  );
}

function hashSamples(hash: ReturnType<typeof createHash>, path: string): void {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    hash.update(`${size}\0`);
    const buffer = Buffer.alloc(Math.min(sampleBytes, size));
    const last = size - buffer.length;
    for (let i = 0; i < samples; i += 1) {
      const position = Math.floor((last * i) / (samples - 1));
      hash.update(buffer.subarray(0, readSync(file, buffer, 0, buffer.length, position)));
    }
  } finally {
    closeSync(file);
  }
}
