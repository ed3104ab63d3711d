import type { Locale } from '#src/types/chat.ts';

/** Sentences that only this platform says. */
export const sentences = {
  openForm: { en: 'Open the form', 'zh-CN': '打开表单' },
  askForPrompt: {
    en: 'What should I draw? Write it after my name, or open the form.',
    'zh-CN': '想画什么？写在我的名字后面，或打开表单。',
  },
  direct: { en: 'direct message', 'zh-CN': '私信' },
  archived: {
    en: 'an open channel ({name} is archived)',
    'zh-CN': '未归档的频道（{name} 已归档）',
  },
  membership: {
    en: 'membership in {name} (type "/invite @{bot}" there)',
    'zh-CN': '加入 {name}（请在那里输入“/invite @{bot}”）',
  },
  formTitle: { en: 'New pictures', 'zh-CN': '新图片' },
  submit: { en: 'Draw', 'zh-CN': '开始' },
  close: { en: 'Close', 'zh-CN': '关闭' },
  where: { en: 'Where to post', 'zh-CN': '发到哪里' },
  yes: { en: 'Yes', 'zh-CN': '是' },
  no: { en: 'No', 'zh-CN': '否' },
  required: { en: 'Please fill this in.', 'zh-CN': '请填写此项。' },
  number: { en: 'Please write a number.', 'zh-CN': '请填写数字。' },
  integer: { en: 'Please write a whole number.', 'zh-CN': '请填写整数。' },
  range: {
    en: '{value} does not fit: use {min} to {max}. Nearest: {nearest}.',
    'zh-CN': '{value} 不可用：请用 {min} 到 {max}，最近的是 {nearest}。',
  },
  unknownCommand: {
    en: 'There is no command "{word}". There is: {commands}.',
    'zh-CN': '没有“{word}”这个命令。可用的命令：{commands}。',
  },
  commandList: { en: 'Commands: {commands}.', 'zh-CN': '可用的命令：{commands}。' },
  failed: {
    en: 'That did not work: {reason}',
    'zh-CN': '没有成功：{reason}',
  },
  pictureTitle: { en: '{number} · seed {seed}', 'zh-CN': '{number} · 种子 {seed}' },
  picturesAbove: {
    en: 'The pictures are in the messages beside this one.',
    'zh-CN': '图片在旁边的消息里。',
  },
} satisfies Record<string, Record<Locale, string>>;

/** One sentence in a language, with its `{names}` filled in. */
export function say(
  key: keyof typeof sentences,
  locale: Locale,
  values: Record<string, string | number> = {},
): string {
  return sentences[key][locale].replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}
