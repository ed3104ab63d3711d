import type { Locale } from './types/chat.ts';

/** What is allowed, and the whole sentence, for one kind of fault. */
interface FaultText {
  allowed: string;
  message: string;
}

interface Range {
  value: string;
  min: number;
  max: number;
  nearest: string | number | null;
}

/** Every sentence that `checkRequest` can say, in one language. */
export interface RequestTexts {
  promptEmpty(): FaultText;
  promptTooLong(field: string, tokens: number, limit: number): FaultText;
  sizeForm(value: string, example: string, presets: string[]): FaultText;
  /** The sides of a size that do not fit. */
  sides(sides: [side: 'width' | 'height', pixels: number][]): string;
  sizeRange(sides: string, multiple: number, range: Range): FaultText;
  wholeNumber(field: string, range: Range): FaultText;
  number(field: string, range: Range): FaultText;
  unknownName(field: string, value: string, known: string[], nearest: string | null): FaultText;
  tile(multiple: number, range: Range): FaultText;
  strength(value: string): FaultText;
  strengthWithoutImage(value: string): FaultText;
  latentsMismatch(field: string, value: string, expected: string): FaultText;
  negativeIsInert(): string;
  guidanceDoubles(cfg: number): string;
}

const nearestEn = (nearest: string | number | null) =>
  nearest === null ? '' : ` Nearest: ${nearest}.`;
const nearestZh = (nearest: string | number | null) =>
  nearest === null ? '' : `最近的是 ${nearest}。`;

const en: RequestTexts = {
  promptEmpty: () => ({
    allowed: 'some text',
    message: 'prompt is empty: say what to draw, for example "a red apple".',
  }),
  promptTooLong: (field, tokens, limit) => ({
    allowed: `at most ${limit} tokens`,
    message: `${field} has ${tokens} tokens: at most ${limit} fit. Take out about ${tokens - limit}.`,
  }),
  sizeForm: (value, example, presets) => ({
    allowed: ['WIDTHxHEIGHT', ...presets].join(', '),
    message: `size ${value} is not understood: write WIDTHxHEIGHT in pixels${presets.length > 0 ? ` or ${presets.join(', ')}` : ''}. Nearest: ${example}.`,
  }),
  sides: (sides) => sides.map(([side, pixels]) => `${side} ${pixels}`).join(', '),
  sizeRange: (sides, multiple, { value, min, max, nearest }) => ({
    allowed: `multiples of ${multiple} from ${min} to ${max}`,
    message: `size ${value} does not fit (${sides}): use multiples of ${multiple} from ${min} to ${max}.${nearestEn(nearest)}`,
  }),
  wholeNumber: (field, { value, min, max, nearest }) => ({
    allowed: `a whole number from ${min} to ${max}`,
    message: `${field} ${value} does not fit: use a whole number from ${min} to ${max}.${nearestEn(nearest)}`,
  }),
  number: (field, { value, min, max, nearest }) => ({
    allowed: `a number from ${min} to ${max}`,
    message: `${field} ${value} does not fit: use a number from ${min} to ${max}.${nearestEn(nearest)}`,
  }),
  unknownName: (field, value, known, nearest) => ({
    allowed: known.length > 0 ? `one of ${known.join(', ')}` : 'none: this model has none',
    message:
      known.length > 0
        ? `${field} ${value} is not known: use one of ${known.join(', ')}.${nearestEn(nearest)}`
        : `${field} ${value} is not known: this model has none.`,
  }),
  tile: (multiple, { value, min, max, nearest }) => ({
    allowed: `multiples of ${multiple} from ${min} to ${max}`,
    message: `tile ${value} does not fit: use a multiple of ${multiple} from ${min} to ${max}.${nearestEn(nearest)}`,
  }),
  strength: (value) => ({
    allowed: 'above 0, at most 1',
    message: `strength ${value} does not fit: use a number above 0 and at most 1 (0.3 changes little, 0.8 much).`,
  }),
  strengthWithoutImage: (value) => ({
    allowed: 'only together with image',
    message: `strength ${value} says how much of a picture to change, but no image is given: add --image FILE or leave strength out.`,
  }),
  latentsMismatch: (field, value, expected) => ({
    allowed: expected,
    message: `${field} ${value} does not fit the initial latents, which say ${expected}: leave ${field} out or give other latents.`,
  }),
  negativeIsInert: () => 'A negative prompt does nothing at cfg 1 (guidance off).',
  guidanceDoubles: (cfg) =>
    `cfg ${cfg} turns guidance on, which doubles the time; this model is made for cfg 1.`,
};

const fieldsZh: Record<string, string> = {
  prompt: '提示词',
  negative: '反向提示词',
  size: '尺寸',
  steps: '步数',
  cfg: '引导强度',
  seed: '种子',
  count: '数量',
  style: '风格',
  model: '模型',
  preset: '预设',
  tile: '分块',
  strength: '重绘强度',
};
const fieldZh = (field: string) => fieldsZh[field] ?? field;

const zhCn: RequestTexts = {
  promptEmpty: () => ({
    allowed: '一段文字',
    message: '提示词是空的：请写想画什么，例如“一个红苹果”。',
  }),
  promptTooLong: (field, tokens, limit) => ({
    allowed: `最多 ${limit} 个词元`,
    message: `${fieldZh(field)}有 ${tokens} 个词元，最多 ${limit} 个：请删去约 ${tokens - limit} 个。`,
  }),
  sizeForm: (value, example, presets) => ({
    allowed: ['宽x高', ...presets].join('、'),
    message: `看不懂尺寸 ${value}：请写“宽x高”（像素）${presets.length > 0 ? `或 ${presets.join('、')}` : ''}，例如 ${example}。`,
  }),
  sides: (sides) =>
    sides.map(([side, pixels]) => `${side === 'width' ? '宽' : '高'} ${pixels}`).join('，'),
  sizeRange: (sides, multiple, { value, min, max, nearest }) => ({
    allowed: `${min}–${max} 之间 ${multiple} 的倍数`,
    message: `尺寸 ${value} 不可用（${sides}）：请用 ${min}–${max} 之间 ${multiple} 的倍数。${nearestZh(nearest)}`,
  }),
  wholeNumber: (field, { value, min, max, nearest }) => ({
    allowed: `${min}–${max} 的整数`,
    message: `${fieldZh(field)} ${value} 不可用：请用 ${min}–${max} 的整数。${nearestZh(nearest)}`,
  }),
  number: (field, { value, min, max, nearest }) => ({
    allowed: `${min}–${max} 的数`,
    message: `${fieldZh(field)} ${value} 不可用：请用 ${min}–${max} 的数。${nearestZh(nearest)}`,
  }),
  unknownName: (field, value, known, nearest) => ({
    allowed: known.length > 0 ? known.join('、') : '无：此模型没有可选项',
    message:
      known.length > 0
        ? `没有名为 ${value} 的${fieldZh(field)}：可用 ${known.join('、')}。${nearestZh(nearest)}`
        : `没有名为 ${value} 的${fieldZh(field)}：此模型没有可选项。`,
  }),
  tile: (multiple, { value, min, max, nearest }) => ({
    allowed: `${min}–${max} 之间 ${multiple} 的倍数`,
    message: `分块 ${value} 不可用：请用 ${min}–${max} 之间 ${multiple} 的倍数。${nearestZh(nearest)}`,
  }),
  strength: (value) => ({
    allowed: '大于 0、不超过 1',
    message: `重绘强度 ${value} 不可用：请用大于 0、不超过 1 的数（0.3 改动小，0.8 改动大）。`,
  }),
  strengthWithoutImage: (value) => ({
    allowed: '只能与图片一起用',
    message: `重绘强度 ${value} 需要一张图片：请给出图片，或去掉重绘强度。`,
  }),
  latentsMismatch: (field, value, expected) => ({
    allowed: expected,
    message: `${fieldZh(field)} ${value} 与初始潜变量不符（应为 ${expected}）：请去掉它或换一份潜变量。`,
  }),
  negativeIsInert: () => '引导强度为 1（关闭引导）时，反向提示词不起作用。',
  guidanceDoubles: (cfg) => `引导强度 ${cfg} 会开启引导，耗时加倍；此模型适合引导强度 1。`,
};

export const requestTexts: Record<Locale, RequestTexts> = { en, 'zh-CN': zhCn };
