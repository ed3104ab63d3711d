import { AppError } from '../errors.ts';
import { readPictureSettings } from '../images/metadata.ts';
import { typedLine } from '../requests/typed-form.ts';
import { createTexts } from '../texts/index.ts';
import type { Locale } from '../types/chat.ts';
import type { ConsolePicture } from '../types/console.ts';

/** Far more than a model reads; a file may hold anything. */
const longestValue = 20_000;

/**
 * What a dropped PNG was drawn with, as fields of /imagine.
 * @throws AppError INVALID_REQUEST when it is no PNG file, damaged, or carries no settings that fit.
 */
export function readDroppedPicture(
  bytes: Uint8Array,
  locale: Locale,
  models: string[],
): ConsolePicture {
  const settings = readPictureSettings(bytes);
  const asked: Record<string, string> = {};
  let isFromAnother = false;
  if (settings.source === 'quartet') {
    const { typedPrompt, negative, width, height, steps, cfg, seed, style, model } =
      settings.record;
    Object.assign(asked, {
      prompt: typedPrompt, negative, size: `${width}x${height}`, steps: String(steps),
      cfg: String(cfg), seed: String(seed), count: '1', style: style ?? '',
    }); // prettier-ignore
    if (models.includes(model.name)) asked.model = model.name;
    const { image, variation, initLatents } = settings.record;
    isFromAnother = Boolean(image ?? variation ?? initLatents);
  } else {
    const { prompt, negative, steps, cfg, seed, size } = settings.settings;
    const text = (value: number | undefined) => (value === undefined ? '' : String(value));
    Object.assign(asked, {
      prompt, negative, steps: text(steps), cfg: text(cfg), seed: text(seed),
      size: size ? `${size.width}x${size.height}` : '',
    }); // prettier-ignore
  }
  const values = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));
  if (Object.values(values).some((value) => value.length > longestValue)) {
    throw new AppError(
      'INVALID_REQUEST',
      `The settings in the PNG file are longer than ${longestValue} characters: no request can be that long.`,
      {
        localized: {
          'zh-CN': `PNG 文件里的设置超过 ${longestValue} 个字符：请求不能这么长。`,
        },
      },
    );
  }
  const { prompt, ...flags } = values;
  return {
    values,
    line: typedLine({ words: { prompt }, flags }),
    note: isFromAnother ? createTexts(locale)('picture.fromAnother') : null,
  };
}
