import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError } from '#src/errors.ts';
import type { PrivateMessage } from '#src/types/chat.ts';
import type { Intake } from './intake.ts';
import { checkForm, formCallback, formView, readForm, readOrigin, selectOption } from './modal.ts';
import type { FormOptions, FormOrigin } from './modal.ts';
import { limits } from './limits.ts';
import type { Reply } from './replies.ts';
import { say } from './texts.ts';

/** The button under "What should I draw?". */
export const openFormAction = 'open_form';

export interface OpenForm {
  triggerId: string;
  origin: FormOrigin;
  personId: string;
  reply: Reply;
  quoted?: string;
}

/** Opens a form at once: what opened it is good for 3 s. */
export async function openForm(intake: Intake, request: OpenForm): Promise<void> {
  const { calls, people, inbox } = intake;
  const { origin, personId, quoted } = request;
  const description = inbox.describeCommands().find((one) => one.name === origin.command);
  if (description === undefined) return;
  const locale = people.recall(personId)?.locale ?? 'en';
  const form: FormOptions = {
    description,
    locale,
    origin,
    ...(quoted === undefined ? {} : { quoted }),
  };
  try {
    const answer = await calls.call(
      'views.open',
      { trigger_id: request.triggerId, view: formView(form) },
      { isRepeatable: false },
    );
    const person = await people.find(personId);
    if (person.locale === locale) return;
    // Slack says a person's language only when asked, and asking first could cost the 3 s.
    await calls.call('views.update', {
      view_id: (answer['view'] as { id: string }).id,
      view: formView({ ...form, locale: person.locale }),
    });
  } catch (error) {
    intake.logFailure('A form could not be opened.')(error);
    const person = await people.find(personId);
    await request
      .reply({ text: say('askForPrompt', person.locale) })
      .catch(intake.logFailure('A failure could not be told to the person.'));
  }
}

interface Submission {
  team?: { id: string } | null;
  user: { id: string; name?: string };
  view: { id: string; private_metadata: string; state: { values: Parameters<typeof readForm>[0] } };
}

/** Listens to submitted forms and to the selects that ask what to offer. */
export function listenToForms(intake: Intake): void {
  const { app, inbox, people, replies, timing } = intake;

  app.view(formCallback, async ({ ack, body }) => {
    const { view, user, team } = body as unknown as Submission;
    const origin = readOrigin(view.private_metadata);
    const description = inbox.describeCommands().find((one) => one.name === origin?.command);
    if (origin === null || description === undefined) return ack();
    const { values, channelId: chosen } = readForm(view.state.values);
    const locale = people.recall(user.id)?.locale ?? 'en';
    const faults = checkForm(description, values, locale);
    if (Object.keys(faults).length > 0) return ack({ response_action: 'errors', errors: faults });
    const channelId = origin.channelId ?? chosen;
    if (channelId === null) return ack();

    let closing: Promise<void> | null = null;
    const close = () => (closing ??= ack());
    const place = intake.placeAt(team?.id, channelId, origin.threadId);
    const answer = replies.toInteraction(origin.responseUrl, place, user.id);
    const reply = async (message: PrivateMessage) => {
      await close();
      await answer(message);
    };
    const outcome = people.find(user.id, user.name).then(async (person) => {
      try {
        await inbox.command({
          id: view.id,
          command: description.name,
          values,
          person,
          place,
          reply,
        });
        return null;
      } catch (error) {
        return { error, person };
      }
    });
    // A fault that is found soon is shown in the form, where nothing typed is lost. Waiting for it
    // never holds up the acknowledgement for long.
    const soon = await Promise.race([outcome, sleep(timing.formMs, null)]);
    const shown =
      soon === null || closing !== null
        ? {}
        : fieldErrors(
            soon.error,
            description.options.map((option) => option.name),
          );
    if (Object.keys(shown).length > 0) return ack({ response_action: 'errors', errors: shown });
    await close();
    const late = await outcome;
    if (late === null) return;
    intake.logFailure('A form failed.')(late.error);
    await answer(intake.sentence(late.error, late.person)).catch(
      intake.logFailure('A failure could not be told to the person.'),
    );
  });

  app.options(/.*/, async ({ ack, body }) => {
    const { action_id, value, user, team, view } = body as unknown as {
      action_id: string;
      value?: string;
      user: { id: string };
      team?: { id: string } | null;
      view?: { private_metadata: string };
    };
    const [, command, option] = action_id.split(':');
    const typed = value ?? '';
    const origin = readOrigin(view?.private_metadata ?? '');
    let found: { label: string; value: string | number }[] = [];
    try {
      const person = await people.find(user.id);
      const place = intake.placeAt(team?.id, origin?.channelId ?? '', origin?.threadId);
      found = await inbox.suggest(command ?? '', option ?? '', typed, person, place);
    } catch (error) {
      intake.logFailure('Suggestions failed.')(error);
    }
    // A select takes only what it offers; these options take any value, so what is typed is offered.
    if (typed !== '' && !found.some((one) => String(one.value) === typed)) {
      found = [{ label: typed, value: typed }, ...found];
    }
    await ack({
      options: found
        .slice(0, limits.selectOptions)
        .map((one) => selectOption(one.label, String(one.value))),
    });
  });
}

/** A fault without a field of its own stands under the first one. */
function fieldErrors(error: unknown, fields: string[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const fault of toAppError(error).faults) {
    const field = fields.includes(fault.field) ? fault.field : fields[0];
    if (field === undefined) continue;
    errors[field] =
      errors[field] === undefined ? fault.message : `${errors[field]} ${fault.message}`;
  }
  return errors;
}
