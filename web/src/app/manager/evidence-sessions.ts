import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { ItemEvidence } from '../../api/types'
import { Localised } from '../../strings'
import { base } from '../ui/base'
import { evidenceStyles } from './evidence-styles'
import { pagesInWords, sessionNotes } from './evidence-words'
import './timeline'
import { note } from './notes'
import { strings } from './strings'
import { noteStyles } from './styles'
import type { SessionEvidence } from './types'

/** Each session on one common timeline: what of it counts, what does not, and why. */
@customElement('evidence-sessions')
export class EvidenceSessions extends LitElement {
  static override styles = [base, evidenceStyles, noteStyles]

  @property({ attribute: false }) evidence!: ItemEvidence

  private readonly local = new Localised(this, strings)

  override render() {
    const { t, format } = this.local
    const length = this.evidence.duration.seconds ?? 0
    return html`<section class="card stack" aria-labelledby="heading">
      <div>
        <h2 id="heading">${t.sessions}</h2>
        <p class="muted small">${t.sessionsText}</p>
      </div>
      ${
        length === 0
          ? nothing
          : html`<div class="row legend small muted" aria-hidden="true">
                <span><i></i>${t.counted}</span><span><i class="not"></i>${t.notCounted}</span>
              </div>
              <div class="ends small muted" aria-hidden="true">
                <span>${format.clock(0)}</span><span>${format.clock(length)}</span>
              </div>`
      }
      <ol>
        ${this.evidence.sessions.map((session) => this.#session(session, length))} ${this.#folded(length)}
      </ol>
    </section>`
  }

  #session(session: SessionEvidence, length: number): TemplateResult {
    const { t, format } = this.local
    const when = format.dateTime(session.startedAt)
    return html`<li class="session">
      <div class="session-head">
        <time datetime=${session.startedAt}>${when}</time>
        <span class="muted small">${this.#summary(session)}</span>
      </div>
      ${
        length === 0
          ? nothing
          : html`<evidence-timeline
              .duration=${length}
              .counted=${session.creditedSegments}
              .notCounted=${session.notCredited.flatMap(({ segments }) => segments)}
              .label=${t.sessionMap(when)}
            ></evidence-timeline>`
      }
      ${
        session.pages.length === 0
          ? nothing
          : html`<p class="small">${pagesInWords(session.pages, this.local)}</p>`
      }
      ${sessionNotes(session, this.local).map(note)}
    </li>`
  }

  /** How much was claimed to be played, and in what time; pages are listed below. */
  #summary({ claimedSeconds, budget, pages }: SessionEvidence): string {
    const { t, format } = this.local
    if (claimedSeconds === 0) return pages.length > 0 ? '' : t.laneNothing
    return t.sessionSummary(format.duration(claimedSeconds), format.duration(budget.lastedSeconds))
  }

  #folded(length: number): TemplateResult | typeof nothing {
    const { t, format } = this.local
    const { folded } = this.evidence
    if (folded === null) return nothing
    const day = (at: string | null): string => (at === null ? '–' : format.date(at))
    return html`<li class="session">
      <h3>${t.folded(folded.sessions)}</h3>
      <p class="muted small">${t.foldedText(day(folded.startedAt), day(folded.lastAt))}</p>
      ${folded.layers.map(
        ({ times, segments }) =>
          html`<div class="layer">
            <span class="muted small" aria-hidden="true">${t.atLeast(times)}</span>
            <evidence-timeline
              .duration=${length}
              .counted=${segments}
              .label=${t.atLeast(times)}
            ></evidence-timeline>
          </div>`,
      )}
      ${
        folded.pages.length === 0
          ? nothing
          : html`<p class="small">${pagesInWords(folded.pages, this.local)}</p>`
      }
      ${folded.countsTowardsCompletion ? nothing : note({ tone: 'plain', words: t.beforeReopening })}
    </li>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'evidence-sessions': EvidenceSessions
  }
}
