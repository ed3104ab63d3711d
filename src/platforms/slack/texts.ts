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
  checkToken: { en: 'Slack bot token', 'zh-CN': 'Slack 机器人令牌' },
  checkTokenIs: { en: '{name} in the workspace {team}', 'zh-CN': '工作区 {team} 中的 {name}' },
  checkTokenFix: {
    en: 'Set SLACK_BOT_TOKEN to the "Bot User OAuth Token" under "OAuth & Permissions" at https://api.slack.com/apps.',
    'zh-CN':
      '把 SLACK_BOT_TOKEN 设为 https://api.slack.com/apps 上 “OAuth & Permissions” 里的 “Bot User OAuth Token”。',
  },
  checkScopes: { en: 'Slack scopes', 'zh-CN': 'Slack 权限范围' },
  checkScopesUnknown: {
    en: 'Slack did not say which scopes the token has',
    'zh-CN': 'Slack 没有说明令牌有哪些权限范围',
  },
  checkScopesAll: { en: 'all {count} are granted', 'zh-CN': '{count} 项全部已授予' },
  checkScopesMissing: { en: 'missing: {scopes}', 'zh-CN': '缺少：{scopes}' },
  checkScopesFix: {
    en: 'Add them under "OAuth & Permissions", or paste the manifest again, then press "Reinstall to Workspace".',
    'zh-CN':
      '在 “OAuth & Permissions” 中添加，或重新粘贴应用清单，然后点 “Reinstall to Workspace”。',
  },
  checkSocket: { en: 'Slack events (Socket Mode)', 'zh-CN': 'Slack 事件（Socket Mode）' },
  checkConnected: { en: 'connected', 'zh-CN': '已连接' },
  checkSocketOpens: {
    en: 'the app-level token opens connections',
    'zh-CN': '应用级令牌可以建立连接',
  },
  checkSocketFix: {
    en: 'Under "Basic Information, App-Level Tokens" generate a token with connections:write, set it as SLACK_APP_TOKEN, and switch Socket Mode on.',
    'zh-CN':
      '在 “Basic Information, App-Level Tokens” 中生成带 connections:write 的令牌，设为 SLACK_APP_TOKEN，并打开 Socket Mode。',
  },
  checkHttp: { en: 'Slack events (HTTP)', 'zh-CN': 'Slack 事件（HTTP）' },
  checkHttpAt: { en: 'Slack is expected to post to {url}', 'zh-CN': 'Slack 应向 {url} 发送' },
  checkHttpUnknown: {
    en: 'it is not known where Slack reaches this program',
    'zh-CN': '不知道 Slack 从哪里访问本程序',
  },
  checkHttpFix: {
    en: 'Set QUARTET_PUBLIC_URL to the https address of this program, or use Socket Mode with SLACK_APP_TOKEN.',
    'zh-CN': '把 QUARTET_PUBLIC_URL 设为本程序的 https 地址，或用 SLACK_APP_TOKEN 走 Socket Mode。',
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
