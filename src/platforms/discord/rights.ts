import { PermissionFlagsBits } from 'discord.js';

export interface Right {
  bit: bigint;
  /** As Discord's own pages call it. */
  name: string;
  /** Completes `I cannot …`; CHANNEL is the channel's name. */
  verb: string;
  /** The same in Chinese, after the channel's name. */
  verbZh: string;
  /** What it is for. */
  use: string;
  /** What happens where it is missing. */
  without: string;
  withoutZh: string;
}

/** Every right that is asked for, and why. */
export const rights = {
  ViewChannel: {
    bit: PermissionFlagsBits.ViewChannel,
    name: 'View Channel',
    verb: 'see CHANNEL',
    verbZh: '查看内容',
    use: 'seeing a channel and hearing of reactions in it',
    without: 'nothing is drawn there',
    withoutZh: '那里不会画图',
  },
  SendMessages: {
    bit: PermissionFlagsBits.SendMessages,
    name: 'Send Messages',
    verb: 'post in CHANNEL',
    verbZh: '发消息',
    use: 'the message that shows the progress',
    without: 'nothing is drawn there',
    withoutZh: '那里不会画图',
  },
  SendMessagesInThreads: {
    bit: PermissionFlagsBits.SendMessagesInThreads,
    name: 'Send Messages in Threads',
    verb: 'post in threads of CHANNEL',
    verbZh: '的子区里发消息',
    use: 'the pictures in the thread of a request',
    without: 'the pictures go to the channel itself, and nothing is drawn in threads',
    withoutZh: '图片会发到频道里，子区中不会画图',
  },
  CreatePublicThreads: {
    bit: PermissionFlagsBits.CreatePublicThreads,
    name: 'Create Public Threads',
    verb: 'start threads in CHANNEL',
    verbZh: '创建子区',
    use: 'one thread for every request',
    without: 'the pictures go to the channel itself',
    withoutZh: '图片会发到频道里',
  },
  AttachFiles: {
    bit: PermissionFlagsBits.AttachFiles,
    name: 'Attach Files',
    verb: 'attach files in CHANNEL',
    verbZh: '发送图片',
    use: 'the pictures',
    without: 'nothing is drawn there',
    withoutZh: '那里不会画图',
  },
  AddReactions: {
    bit: PermissionFlagsBits.AddReactions,
    name: 'Add Reactions',
    verb: 'add reactions in CHANNEL',
    verbZh: '添加表情',
    use: 'putting the first reactions under the pictures',
    without: 'the buttons do the same; reactions that people add themselves count too',
    withoutZh: '可以用按钮代替；大家自己添加的表情也算数',
  },
  ReadMessageHistory: {
    bit: PermissionFlagsBits.ReadMessageHistory,
    name: 'Read Message History',
    verb: 'read earlier messages in CHANNEL',
    verbZh: '读取历史消息',
    use: 'reactions, and finding its own messages again so that nothing is posted twice',
    without: 'no reactions are put; after a lost connection a message may stand twice',
    withoutZh: '不会添加表情；断线后消息可能重复出现',
  },
} as const satisfies Record<string, Right>;

export type RightKey = keyof typeof rights;

/** All of them, as the number in the invite link. */
export const invitePermissions = Object.values(rights).reduce((sum, { bit }) => sum | bit, 0n);

/** The address that adds the bot to a server with the rights it needs. */
export function inviteLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    permissions: String(invitePermissions),
    scope: 'bot applications.commands',
  });
  return `https://discord.com/oauth2/authorize?${query.toString()}`;
}
