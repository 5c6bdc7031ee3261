import { html, nothing, type TemplateResult } from 'lit'
import { icon } from '../ui/icon'
import type { LearnerLocal } from './card-view'
import type { Session } from './sessions'
import { timeSpan } from './times'
import { typeIcon } from './types'

/** The part of a session's id that distinguishes two sessions of one day. */
const ID_LETTERS = 8

/** One session: of what, when, for how long, and which parts. */
export function sessionView(session: Session, local: LearnerLocal): TemplateResult {
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
