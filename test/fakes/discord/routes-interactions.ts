import { checkModal } from './check-components.ts';
import { checkMessageForm, messageFlags } from './check-message.ts';
import { discordError, formError, FormFaults } from './errors.ts';
import type { InteractionRecord } from './interaction-book.ts';
import { toObject, toObjects, type Json } from './json.ts';
import { editMessage, postMessage, removeMessage } from './messages.ts';
import { param, type Route, type RouteAnswer, type RouteCall } from './route.ts';
import { toMessageJson } from './serialize.ts';
import type { FakeMessage } from './world-types.ts';

const { ephemeral, loading } = messageFlags;
const webhookPath = '/webhooks/{webhook_id}/{webhook_token}';

/** Which answers an interaction takes: 2 command, 3 component, 4 autocomplete, 5 modal submit. */
const answersByType: Record<InteractionRecord['type'], number[]> = {
  2: [4, 5, 9],
  3: [4, 5, 6, 7, 9],
  4: [8],
  5: [4, 5, 6, 7],
};

/** The routes that answer an interaction: its callback, then its webhook. */
export const interactionRoutes: Route[] = [
  {
    method: 'POST',
    template: '/interactions/{interaction_id}/{interaction_token}/callback',
    isOpen: true,
    check: checkCallbackForm,
    run: answer,
  },
  { method: 'POST', template: webhookPath, isOpen: true, check: checkWebhookForm, run: followUp },
  ...['@original', '{message_id}'].flatMap((which): Route[] => [
    {
      method: 'GET',
      template: `${webhookPath}/messages/${which}`,
      isOpen: true,
      run: (call) => ({
        status: 200,
        body: toMessageJson(call.core.world, webhookMessage(call).message),
      }),
    },
    {
      method: 'PATCH',
      template: `${webhookPath}/messages/${which}`,
      isOpen: true,
      check: checkWebhookForm,
      run: (call) => {
        const { record, message } = webhookMessage(call);
        editMessage(call.core, message, call.body, call.files);
        call.core.interactions.remember(record, 'edit', call.body);
        call.core.changed();
        return { status: 200, body: toMessageJson(call.core.world, message) };
      },
    },
    {
      method: 'DELETE',
      template: `${webhookPath}/messages/${which}`,
      isOpen: true,
      run: (call) => {
        const { record, message } = webhookMessage(call);
        call.core.interactions.remember(record, 'delete', { id: message.id });
        removeMessage(call.core, message);
        return { status: 204 };
      },
    },
  ]),
];

function checkWebhookForm(call: RouteCall): void {
  checkForm(call.body, '');
}

function checkForm(body: Json, prefix: '' | 'data.'): void {
  const isV2 = (Number(body['flags'] ?? 0) & messageFlags.componentsV2) !== 0;
  const attachmentSizeLimitBytes = Number.POSITIVE_INFINITY;
  checkMessageForm(body, { prefix, isV2, files: [], attachmentSizeLimitBytes, allowedFlags: -1 });
}

function checkCallbackForm(call: RouteCall): void {
  const data = toObject(call.body['data']);
  const faults = new FormFaults();
  if (call.body['type'] === 8) checkChoices(faults, data);
  else if (call.body['type'] === 9) checkModal(faults, data);
  else checkForm(data, 'data.');
  faults.throwIfAny();
}

function answer(call: RouteCall): RouteAnswer {
  const { core, body } = call;
  const record = core.interactions.requireUnanswered(
    param(call, 'interaction_id'),
    param(call, 'interaction_token'),
  );
  const type = Number(body['type']);
  const allowed = answersByType[record.type].filter(
    // A modal that no component opened has no message to update.
    (answerType) =>
      record.type !== 5 ||
      record.sourceMessageId !== null ||
      (answerType !== 6 && answerType !== 7),
  );
  if (!allowed.includes(type)) {
    throw formError([
      {
        path: 'type',
        code: 'BASE_TYPE_CHOICES',
        message: `Value must be one of (${allowed.join(', ')}).`,
      },
    ]);
  }
  const data = toObject(body['data']);
  const message = applyAnswer(call, record, type, data);
  record.answerType = type;
  core.interactions.remember(record, 'answer', body);
  core.changed();
  if (call.query.get('with_response') !== 'true') return { status: 204 };
  return { status: 200, body: toCallbackResponse(call, record, type, message) };
}

function applyAnswer(
  call: RouteCall,
  record: InteractionRecord,
  type: number,
  data: Json,
): FakeMessage | null {
  const { core, files } = call;
  const source = core.world.messages.get(record.sourceMessageId ?? '') ?? null;
  const faults = new FormFaults();
  if (type === 4) return postAnswer(call, record, data, source);
  if (type === 5) {
    const flags = Number(data['flags'] ?? 0);
    if (flags !== 0 && flags !== ephemeral)
      faults.add('data.flags', 'BASE_TYPE_CHOICES', 'Only EPHEMERAL (64) may be set.');
    faults.throwIfAny();
    return postAnswer(call, record, { flags: flags | loading }, source);
  }
  if (type === 6 || type === 7) {
    if (source === null) throw discordError('unknownMessage');
    record.originalMessageId = source.id;
    record.isEphemeral = source.ephemeralFor !== null;
    return type === 7 ? editMessage(core, source, data, files, 'data.') : source;
  }
  if (type === 8) checkChoices(faults, data);
  else checkModal(faults, data);
  faults.throwIfAny();
  if (type === 8) record.choices = toObjects(data['choices']);
  else record.modal = data;
  return null;
}

function postAnswer(
  call: RouteCall,
  record: InteractionRecord,
  data: Json,
  source: FakeMessage | null,
): FakeMessage {
  const message = postForInteraction(call, record, data, source?.id ?? null, 'data.');
  record.originalMessageId = message.id;
  record.isEphemeral = message.ephemeralFor !== null;
  return message;
}

function postForInteraction(
  call: RouteCall,
  record: InteractionRecord,
  body: Json,
  referencedMessageId: string | null,
  prefix: '' | 'data.',
): FakeMessage {
  const { core } = call;
  const isEphemeral = (Number(body['flags'] ?? 0) & ephemeral) !== 0;
  const commandType = record.targetMessageId === null ? 20 : 23;
  return postMessage(core, core.world.requireChannel(record.channelId), {
    authorId: core.world.botId,
    type: referencedMessageId === null ? commandType : 19,
    body,
    files: call.files,
    prefix,
    referencedMessageId,
    ephemeralFor: isEphemeral ? record.userId : null,
    interactionMetadata: record.metadata,
  });
}

function checkChoices(faults: FormFaults, data: Json): void {
  const choices = toObjects(data['choices']);
  if (!Array.isArray(data['choices']))
    faults.add('data.choices', 'BASE_TYPE_REQUIRED', 'This field is required');
  if (choices.length > 25)
    faults.add('data.choices', 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  for (const [index, choice] of choices.entries()) {
    faults.text(`data.choices.${index}.name`, choice['name'], 1, 100, true);
    const value = choice['value'];
    if (typeof value !== 'number') faults.text(`data.choices.${index}.value`, value, 1, 100, true);
  }
}

function toCallbackResponse(
  call: RouteCall,
  record: InteractionRecord,
  type: number,
  message: FakeMessage | null,
): Json {
  const interaction: Json = { id: record.id, type: record.type };
  if (message === null) return { interaction };
  interaction['response_message_id'] = message.id;
  interaction['response_message_loading'] = (message.flags & loading) !== 0;
  interaction['response_message_ephemeral'] = message.ephemeralFor !== null;
  const shown = toMessageJson(call.core.world, message);
  if (type === 4 || type === 5) return { interaction, resource: { type: 4, message: shown } };
  return { interaction, resource: { type: 7, message: shown } };
}

function requireRecord(call: RouteCall): InteractionRecord {
  return call.core.interactions.requireByToken(
    param(call, 'webhook_id'),
    param(call, 'webhook_token'),
  );
}

function followUp(call: RouteCall): RouteAnswer {
  const { core, body } = call;
  const record = requireRecord(call);
  const original = core.world.messages.get(record.originalMessageId ?? '');
  // The first follow-up after a bare "thinking" answer fills that answer in, as Discord still does.
  if (original !== undefined && (original.flags & loading) !== 0) {
    editMessage(core, original, body, call.files);
    core.interactions.remember(record, 'edit', body);
    core.changed();
    return { status: 200, body: toMessageJson(core.world, original) };
  }
  const message = postForInteraction(call, record, body, original?.id ?? null, '');
  record.followupIds.push(message.id);
  core.interactions.remember(record, 'followup', body);
  core.changed();
  return { status: 200, body: toMessageJson(core.world, message) };
}

/** The message that a webhook route means: the answer, or a follow-up of the same interaction. */
function webhookMessage(call: RouteCall): { record: InteractionRecord; message: FakeMessage } {
  const record = requireRecord(call);
  const id = call.params['message_id'] ?? record.originalMessageId ?? '';
  const isOurs = id === record.originalMessageId || record.followupIds.includes(id);
  const message = call.core.world.messages.get(id);
  if (!isOurs || message === undefined) throw discordError('unknownMessage');
  return { record, message };
}
