import { html, nothing, type TemplateResult } from 'lit'
import { icon } from '../ui/icon'
import type { LearnerLocal } from './card-view'
import type { Session } from './sessions'
import { timeSpan } from './times'
import { typeIcon } from './types'

/** The part of a session's id that distinguishes two sessions of one day. */
const ID_LETTERS = 8

type Act = Exclude<Session['kind'], 'session'>

const ACTS = {
  mark: ['check', 'actMark'],
  mark_removed: ['close', 'actMarkRemoved'],
  attempt: ['history', 'actAttempt'],
  expired: ['clock', 'actExpired'],
  import: ['download', 'actImport'],
} as const satisfies Record<Act, readonly [string, string]>

/** A session, or what was done by hand or imported. */
export function entryView(entry: Session, local: LearnerLocal): TemplateResult {
  return entry.kind === 'session' ? sessionView(entry, local) : actView(entry, entry.kind, local)
}

/** What was done to an item by hand, when, and by which other person. */
function actView(act: Session, kind: Act, { t, format, lang }: LearnerLocal): TemplateResult {
  const [symbol, words] = ACTS[kind]
  const by = act.actedBy === null ? '' : t.actBy(act.actedByName ?? t.someoneElse)
  const share = act.importedPercentage === null ? '' : format.percent(act.importedPercentage)
  return html`<article class="session" data-kind=${kind}>
    <span class="mark">${icon(symbol)}</span>
    <div class="what">
      <h3><a href="/watch/${act.contentId}" dir="auto">${act.item?.title ?? t.untitled}</a></h3>
      <p class="muted small">
        <span class="numeric">${timeSpan(act.startedAt, act.lastAt, lang)}</span> ·
        ${[t[words], share, by].filter(Boolean).join(' ')}
      </p>
    </div>
  </article>`
}

/** One session: of what, when, for how long, and which parts. */
function sessionView(session: Session, local: LearnerLocal): TemplateResult {
  const { t, format, lang } = local
  const { item, sessionId, watchTimeSeconds } = session
  const title = item?.title ?? t.untitled
  return html`<article class="session" data-session-id=${sessionId ?? nothing}>
    <span class="mark">${icon(typeIcon(item?.type ?? 'video'))}</span>
    <div class="what">
      <h3><a href="/watch/${session.contentId}" dir="auto">${title}</a></h3>
      <p class="muted small">
        <span class="numeric">${timeSpan(session.startedAt, session.lastAt, lang)}</span> ·
        ${watchTimeSeconds > 0 ? t.watchedFor(format.shortDuration(watchTimeSeconds)) : t.opened}
      </p>
      <p class="muted tiny">
        ${sessionId === null ? t.sessionUnnamed : t.session(sessionId.slice(0, ID_LETTERS))}
      </p>
    </div>
    ${map(session, title)}
  </article>`
}

/** The parts watched, along the whole item; along what was watched while its length is unknown. */
function map({ item, watchedSegments }: Session, title: string): unknown {
  const end = watchedSegments.at(-1)?.[1]
  if (end === undefined) return nothing
  return html`<playhead-scrubber
    readonly
    times
    .label=${title}
    .duration=${item?.durationSeconds ?? end}
    .segments=${watchedSegments}
  ></playhead-scrubber>`
}
