import { html, nothing, type TemplateResult } from 'lit'
import { icon } from '../ui/icon'
import type { LearnerLocal } from './card-view'
import type { Session } from './sessions'
import { timeSpan } from './times'
import { typeIcon } from './types'

/** As much of a session's id as tells two of one day apart. */
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

/** The parts watched, along the whole of the item; where nobody knows how long it is, along what was watched. */
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
