import sharp from 'sharp';
import type { Picture, Size } from '../types/model.ts';

export type ResizeKernel = 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3';

/**
 * The picture at exactly this size; its proportions change when the size's do. Nothing is cropped.
 * @param kernel for making it smaller; enlarging interpolates, and takes bicubic for every kernel but
 * `nearest` and `linear`.
 */
export async function resizePicture(
  { pixels, width, height }: Picture,
  size: Size,
  kernel: ResizeKernel = 'lanczos3',
): Promise<Picture> {
  const data = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .resize({ width: size.width, height: size.height, fit: 'fill', kernel })
    .raw()
    .toBuffer();
  return { width: size.width, height: size.height, pixels: new Uint8Array(data) };
}
