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
  checkLogin: { en: 'Discord login', 'zh-CN': 'Discord 登录' },
  checkLoginIs: { en: '{name}, application {id}', 'zh-CN': '{name}，应用 {id}' },
  checkLoginFix: {
    en: 'Set DISCORD_TOKEN to the token under "Bot" of the application at https://discord.com/developers/applications.',
    'zh-CN':
      '把 DISCORD_TOKEN 设为 https://discord.com/developers/applications 上该应用 “Bot” 页的令牌。',
  },
  checkEvents: { en: 'Discord events', 'zh-CN': 'Discord 事件' },
  checkConnected: {
    en: 'connected; intents {sum}, none of them privileged',
    'zh-CN': '已连接；intents {sum}，都不需要特权',
  },
  checkNotConnected: { en: 'not connected', 'zh-CN': '未连接' },
  checkNotStarted: { en: 'Start Quartet: npm start.', 'zh-CN': '启动 Quartet：npm start。' },
  checkReconnect: {
    en: 'Put that right, and start Quartet again.',
    'zh-CN': '解决后重新启动 Quartet。',
  },
  checkCommands: { en: 'Discord commands', 'zh-CN': 'Discord 命令' },
  checkRegistered: { en: '{count} registered', 'zh-CN': '已注册 {count} 个' },
  checkOtherVersion: {
    en: '{count} registered, not those of this version',
    'zh-CN': '已注册 {count} 个，不是本版本的',
  },
  checkRegister: {
    en: 'Start Quartet again: it registers them when it connects.',
    'zh-CN': '重新启动 Quartet：连接时会注册。',
  },
  checkLater: { en: 'Try again in a minute.', 'zh-CN': '请一分钟后再试。' },
  checkRights: { en: 'Discord rights in {server}', 'zh-CN': 'Discord 服务器 {server} 的权限' },
  checkMissing: {
    en: '"{right}" is missing in {places}: {effect}',
    'zh-CN': '{places} 缺少 “{right}”：{effect}',
  },
  checkAllRights: {
    en: 'all in {count} channels{unseen}',
    'zh-CN': '{count} 个频道都齐全{unseen}',
  },
  checkNoChannel: { en: 'no channel can be seen{unseen}', 'zh-CN': '看不到任何频道{unseen}' },
  checkUnseen: { en: ' ({count} more cannot be seen)', 'zh-CN': '（另有 {count} 个看不到）' },
  checkGrant: {
    en: 'Allow it for the bot\'s role under "Edit Channel, Permissions" of the channel, or add the bot again with {link}',
    'zh-CN': '在频道的 “编辑频道、权限” 中为机器人的身份组允许，或用 {link} 重新添加机器人',
  },
  checkInvite: { en: 'Discord invite link', 'zh-CN': 'Discord 邀请链接' },
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
