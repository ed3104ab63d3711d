import type { Locale } from '#src/types/chat.ts';

/** Sentences that only this platform says. */
export const sentences = {
  imagineThis: { en: 'Imagine this', 'zh-CN': '画这段话' },
  formOption: { en: 'form', 'zh-CN': '表单' },
  formOptionHint: { en: 'Open a form to fill in', 'zh-CN': '打开表单填写' },
  direct: { en: 'direct message', 'zh-CN': '私信' },
  lockedThread: {
    en: 'an open thread (this one is locked)',
    'zh-CN': '未锁定的子区（这个已锁定）',
  },
  formTitle: { en: 'New pictures', 'zh-CN': '新图片' },
  yes: { en: 'Yes', 'zh-CN': '是' },
  no: { en: 'No', 'zh-CN': '否' },
  askForPrompt: {
    en: 'The form could not be opened. Write what to draw behind the command: /imagine prompt:a red apple',
    'zh-CN': '表单没能打开。请把要画的内容写在命令后面：/画图 提示词:一个红苹果',
  },
  unknownButton: {
    en: 'This button is from an earlier version and does nothing any more.',
    'zh-CN': '这个按钮来自旧版本，已不起作用。',
  },
  unknownCommand: {
    en: 'This command is gone. Discord will stop offering it soon.',
    'zh-CN': '这个命令已经取消，Discord 很快就不再显示它。',
  },
  failed: { en: 'That did not work: {reason}', 'zh-CN': '没有成功：{reason}' },
  moreToCome: { en: 'More to come', 'zh-CN': '还有更多' },
  pictureTooLarge: {
    en: 'Picture {number} is not here: it has {size} MiB, and one file may have {limit} MiB here. The console shows it.',
    'zh-CN':
      '第 {number} 张没有发出：大小 {size} MiB，这里每个文件最多 {limit} MiB。可在控制台查看。',
  },
  pictureRefused: {
    en: 'Picture {number} is not here: Discord finds its {size} MiB too large. The console shows it.',
    'zh-CN': '第 {number} 张没有发出：Discord 认为 {size} MiB 太大。可在控制台查看。',
  },
} satisfies Record<string, Record<Locale, string>>;

export type SentenceKey = keyof typeof sentences;

/** One sentence in a language, with its `{names}` filled in. */
export function say(
  key: SentenceKey,
  locale: Locale,
  values: Record<string, string | number> = {},
): string {
  return sentences[key][locale].replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}
