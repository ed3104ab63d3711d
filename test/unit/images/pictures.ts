import type { PictureRecord } from '#src/images/metadata.ts';
import type { Picture } from '#src/types/model.ts';

/** A gradient: every pixel differs from its neighbours. */
export function makePicture(width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let index = 0; index < pixels.length; index += 1) pixels[index] = (index * 7) % 256;
  return { width, height, pixels };
}

export const plainRecord: PictureRecord = {
  version: 1,
  prompt: 'a red apple, flat illustration',
  typedPrompt: 'a red apple',
  negative: '',
  width: 128,
  height: 96,
  steps: 20,
  cfg: 3,
  seed: 7,
  style: 'flat',
  model: { name: 'pocket', family: 'z-image', fingerprint: '0123456789abcdef' },
  tile: 0,
  program: { name: 'quartet', version: '0.1.0' },
};

export const richRecord: PictureRecord = {
  ...plainRecord,
  prompt: '火箭，卡通，蓝色背景\nsecond "line" \u{1F680}',
  typedPrompt: '火箭',
  negative: '模糊, 变形',
  cfg: 3.5,
  seed: 0xffff_ffff,
  style: null,
  tile: 512,
  image: { sha256: 'ab'.repeat(32), strength: 0.6 },
  initLatents: { sha256: 'cd'.repeat(32), index: 0 },
};
