import type { Locale } from '../state.ts';

/** What the clients themselves say, in the language of whoever looks. */
const en = {
  about:
    'The real bot on a Discord and a Slack of its own. No accounts, nothing leaves this machine.',
  people: 'Who you are',
  console: 'Open the console',
  lost: 'The demo has stopped. Start it again with npm run demo.',
  only: 'Only you can see this',
  dismiss: 'Dismiss',
  edited: '(edited)',
  thinking: 'Quartet is thinking…',
  message: 'Message #general',
  reply: 'Reply, or @Quartet a cat',
  inThread: 'Message in the thread',
  send: 'Send',
  thread: 'Thread',
  messages: '{n} messages',
  replies: '{n} replies',
  oneMessage: '1 message',
  oneReply: '1 reply',
  close: 'Close',
  cancel: 'Cancel',
  submit: 'Submit',
  draw: 'Imagine this',
  optional: 'optional',
  welcome: 'Welcome to #general',
  tryOne: 'Try one of these, or type / to see every command.',
  exampleFlags: 'with options',
  exampleMistake: 'a size that does not fit',
  exampleForm: 'a form',
  examplePrompt: 'a first request',
  afterwards:
    'Then click 1️⃣ to 4️⃣ to vote and 🔁 for four new ones, and become somebody else above to see it with other eyes.',
  commands: 'Commands',
};

type Key = keyof typeof en;

const zh: Record<Key, string> = {
  about: '真正的机器人，接在自带的 Discord 和 Slack 上。无需账号，一切都在本机。',
  people: '您是谁',
  console: '打开控制台',
  lost: '演示已停止。请用 npm run demo 重新启动。',
  only: '只有您能看到',
  dismiss: '忽略',
  edited: '（已编辑）',
  thinking: 'Quartet 正在思考…',
  message: '发消息到 #general',
  reply: '回复，或 @Quartet 一只猫',
  inThread: '在子区中发消息',
  send: '发送',
  thread: '消息列',
  messages: '{n} 条消息',
  replies: '{n} 条回复',
  oneMessage: '1 条消息',
  oneReply: '1 条回复',
  close: '关闭',
  cancel: '取消',
  submit: '提交',
  draw: '画这段话',
  optional: '可选',
  welcome: '欢迎来到 #general',
  tryOne: '试试下面的例子，或输入 / 查看全部命令。',
  exampleFlags: '带选项',
  exampleMistake: '不合适的尺寸',
  exampleForm: '表单',
  examplePrompt: '第一个请求',
  afterwards: '然后点 1️⃣ 到 4️⃣ 投票，点 🔁 再来四张；也可以在上方换一个人，用别人的眼光看。',
  commands: '命令',
};

export function say(locale: Locale, key: Key, n = 0): string {
  return (locale === 'en' ? en : zh)[key].replace('{n}', String(n));
}

export function isKey(key: string | undefined): key is Key {
  return key !== undefined && key in en;
}
