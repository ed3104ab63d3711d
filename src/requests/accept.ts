import { messageIn, toAppError, type AppError, type Fault } from '#src/errors.ts';
import { checkRequest, ratioToSize, type GenerateOptions } from '#src/request.ts';
import type { ChannelSettings } from '#src/store/channels.ts';
import { createTexts, type Texts } from '#src/texts/index.ts';
import type { Locale, Person, Place, PrivateMessage } from '#src/types/chat.ts';
import type { PlaceRules } from './place-rules.ts';
import { settingsOf } from './place-rules.ts';
import type { CheckableModel } from './models.ts';
import { wordsOf, type RequestOptions } from './options.ts';
import type { Foundation } from './services.ts';
import { cancelControl } from './status.ts';
import { submit } from './enqueue.ts';
import type { Tracker } from './tracker.ts';
import { typedForm } from './typed-form.ts';
import { explainFailure, formatDuration } from './wording.ts';

/** What a person asked for, as typed: nothing is checked yet. */
export type AskedOptions = GenerateOptions & { model?: string; ar?: string };

export interface Asked {
  /** The platform's id of the invocation. */
  invocationId: string;
  person: Person;
  place: Place;
  options: AskedOptions;
  /** What was wrong with the line itself: unknown flags, values that are missing. */
  faults: Fault[];
  reply(message: PrivateMessage): Promise<void>;
}

export interface Acceptance {
  /** Accepts a request, or tells the person everything that is wrong with it. Returns its id, or null. */
  accept(asked: Asked): Promise<string | null>;
  /** What stands against this person's drawing one more here. */
  limitFaults(person: Person, place: Place, texts: Texts): Promise<Fault[]>;
  rules: PlaceRules;
}

/** Written for a style, it turns the channel's own off. */
const noStyle = ['none', '无'];

export function createAcceptance(
  foundation: Foundation,
  tracker: Tracker,
  rules: PlaceRules,
): Acceptance {
  const { store, models, logger, waitingPerPerson, platformOf } = foundation;

  async function limitFaults(person: Person, place: Place, texts: Texts): Promise<Fault[]> {
    const open = await store.requests.listOpenOf(place.workspaceId, person.id);
    const own = open.filter(({ status }) => status !== 'running');
    const waiting = own.length;
    if (waiting < waitingPerPerson) return [];
    const limit = waitingPerPerson;
    // What is being drawn waits no longer: the first to begin makes room.
    const times = own.flatMap(({ id }) => {
      const { startsIn, hasWorker } = tracker.stateOf(id);
      return hasWorker && startsIn !== null ? [Math.max(1, startsIn)] : [];
    });
    const message =
      times.length === 0
        ? texts('accept.tooManyWaiting', {
            waiting, limit, cancel: typedForm(platformOf(place.platform), texts, 'cancel'),
          }) // prettier-ignore
        : texts('accept.tooManyWaitingUntil', {
            waiting, limit, time: formatDuration(Math.min(...times), texts),
          }); // prettier-ignore
    return [
      { field: 'queue', value: waiting, allowed: String(waitingPerPerson), nearest: null, message },
    ];
  }

  /** Everything that is wrong is collected; null stands for a part that could not be checked. */
  async function check(asked: Asked, settings: ChannelSettings) {
    const { person, place, options } = asked;
    const texts = createTexts(person.locale);
    const faults: Fault[] = [...asked.faults];
    const placeFaults = await rules.faultsOf(place, settings, texts);
    faults.push(...placeFaults);
    const model = findModel(options.model ?? settings.model, person, faults);
    const soFar = faults.length;
    const checked = model && (await checkOptions(asked, settings, model, faults, texts));
    const typed = `${options.prompt ?? ''}\n${options.negative ?? ''}`;
    // A style brings words of its own.
    const words = checked ? wordsOf(checked.request) : typed;
    faults.splice(soFar, 0, ...(await rules.wordFaults(place, settings, words, texts)));
    faults.push(...(await limitFaults(person, place, texts)));
    return { faults: onePerField(faults), model, checked };
  }

  function findModel(name: string | null | undefined, { locale }: Person, faults: Fault[]) {
    try {
      return models.find(name ?? models.defaultName, locale);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.faults.length === 0) throw error;
      faults.push(...error.faults);
      return null;
    }
  }

  async function checkOptions(
    { options, person, place }: Asked,
    settings: ChannelSettings,
    { card, tokenizer, scale }: CheckableModel,
    faults: Fault[],
    texts: Texts,
  ) {
    const own = await store.styles.list(place.workspaceId);
    const styles = own.map(({ name, prompt }) => ({ name, prompt }));
    const { model: _, ar, ...rest } = options;
    const wanted: GenerateOptions = { ...rest };
    if (ar !== undefined) {
      const fit = ratioToSize(ar, card);
      if (options.size !== undefined)
        faults.push(textFault('ar', ar, texts('accept.sizeAndRatio')));
      else if (fit === null) {
        const nearest = '1:1';
        faults.push({ ...textFault('ar', ar, texts('accept.noRatio', { value: ar })), nearest });
      } else if ('most' in fit) {
        const { most, nearest } = fit;
        const message = texts('accept.ratio', { value: ar, most, nearest });
        faults.push({ ...textFault('ar', ar, message), nearest });
      } else wanted.size = fit.size;
    }
    const notes: string[] = [];
    const styleGone = (style: string) =>
      texts('accept.styleGone', {
        style,
        settings: typedForm(platformOf(place.platform), texts, 'settings'),
      });
    const note = applyStyle(wanted, settings.style, [...card.styles, ...styles], styleGone);
    if (note !== null) notes.push(note);
    try {
      const checked = checkRequest(wanted, card, tokenizer, {
        scale, styles, locale: person.locale, randomSeed: foundation.randomSeed,
      }); // prettier-ignore
      return { request: checked.request, notes: [...checked.notes, ...notes] };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.faults.length === 0) throw error;
      faults.push(...error.faults);
      return null;
    }
  }

  async function refuse(asked: Asked, faults: Fault[]): Promise<null> {
    const { person, place, options } = asked;
    const texts = createTexts(person.locale);
    const text = faults.map(({ message }) => `• ${message}`).join('\n');
    const corrected = correct(options, faults);
    if (corrected === null) {
      await asked.reply({ text });
      return null;
    }
    const draft = { workspaceId: place.workspaceId, personId: person.id, command: 'imagine' };
    const id = await store.interactions.saveDraft({ ...draft, options: { ...corrected } });
    const { prompt, ...flags } = corrected;
    const platform = platformOf(place.platform);
    const line = typedForm(platform, texts, 'imagine', { words: { prompt }, flags });
    await asked.reply({
      text: `${text}\n${texts('accept.correction', { line })}`,
      controls: [
        {
          id: `use-correction:${id}`,
          action: 'use-correction',
          label: texts('control.useCorrection'),
          style: 'primary',
        },
      ],
    });
    return null;
  }

  async function accept(asked: Asked): Promise<string | null> {
    const { person, place } = asked;
    const texts = createTexts(person.locale);
    await store.members.seen({ workspaceId: place.workspaceId, ...pickNames(person) });
    const settings = await settingsOf(foundation, place);
    const { faults, model, checked } = await check(asked, settings);
    if (faults.length > 0 || !model || !checked) return refuse(asked, faults);

    const { request: fit, notes } = checked;
    // The status speaks the channel's language, the answer the person's.
    const locale = settings.locale ?? person.locale;
    const inChannel =
      locale === person.locale
        ? checked
        : await checkOptions(
            { ...asked, person: { ...person, locale } },
            settings,
            model,
            [],
            createTexts(locale),
          );
    const options: RequestOptions = {
      model: model.name,
      prompt: fit.prompt,
      typedPrompt: fit.typedPrompt,
      negative: fit.negative,
      width: fit.width,
      height: fit.height,
      steps: fit.steps,
      cfg: fit.cfg,
      seeds: fit.seeds,
      tile: fit.tile,
      style: fit.style,
      notes: inChannel?.notes ?? notes,
      wantPreviews: place.platform === 'console',
    };
    let submitted;
    try {
      submitted = await submit(foundation, tracker, {
        ...place,
        invocationId: asked.invocationId,
        requesterId: person.id,
        locale,
        prompt: fit.typedPrompt,
        options,
      });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.faults.length > 0) {
        const own = await limitFaults(person, place, texts);
        return refuse(asked, own.length > 0 ? own : [...error.faults]);
      }
      logger.error({ code: error.code, personId: person.id }, `Not accepted: ${error.message}`);
      await asked.reply({ text: texts('accept.notSaved') });
      return null;
    }
    const { request, statusFault } = submitted;
    const lines = [texts('accept.queued', { id: request.shortId }), ...notes];
    if (statusFault) lines.push(explainStatusFault(statusFault, person.locale, texts));
    await asked.reply({ text: lines.join('\n'), controls: [cancelControl(request.id, texts)] });
    return request.id;
  }

  return { accept, limitFaults, rules };
}

function explainStatusFault(error: AppError, locale: Locale, texts: Texts): string {
  const reason = explainFailure(error.code, messageIn(error, locale), texts);
  return texts('accept.noStatus', { reason });
}

function pickNames({ id, name, locale }: Person) {
  return { id, name, locale };
}

function textFault(field: string, value: unknown, message: string): Fault {
  return { field, value, allowed: message, nearest: null, message };
}

/** The channel's style where none was said; one that is gone is left out, and said. */
function applyStyle(
  wanted: GenerateOptions,
  channelStyle: string | null,
  styles: { name: string }[],
  styleGone: (style: string) => string,
): string | null {
  const sameName = (name: string) =>
    styles.find((style) => style.name.toLowerCase() === name.toLowerCase())?.name;
  if (wanted.style !== undefined) {
    if (noStyle.includes(wanted.style.toLowerCase())) delete wanted.style;
    else wanted.style = sameName(wanted.style) ?? wanted.style;
    return null;
  }
  if (channelStyle === null) return null;
  const name = sameName(channelStyle);
  if (name === undefined) return styleGone(channelStyle);
  wanted.style = name;
  return null;
}

function onePerField(faults: Fault[]): Fault[] {
  return faults.filter(
    (fault, i) => faults.findIndex((other) => other.field === fault.field) === i,
  );
}

/** The options with the nearest values filled in; null where one of them has none. */
function correct(options: AskedOptions, faults: Fault[]): AskedOptions | null {
  const corrected: Record<string, unknown> = { ...options };
  for (const { field, value, nearest } of faults) {
    if (nearest === null) return null;
    // A flag that is not known becomes the one that was meant.
    if (field.startsWith('--')) corrected[nearest] ??= value;
    else corrected[field] = nearest;
  }
  return corrected;
}
