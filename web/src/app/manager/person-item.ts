import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { HistoryEntry, ItemEvidence } from '../../api/types'
import '../../components'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { icon } from '../ui/icon'
import { moment } from '../ui/moment'
import { itemProgress } from './cells'
import { besides } from './evidence-besides'
import './evidence-map'
import './evidence-sessions'
import { completionInWords, judgement } from './evidence-words'
import { failed } from '../ui/failed'
import { Latest } from '../ui/latest'
import { note } from './notes'
import './on-behalf'
import { strings } from './strings'
import { managerStyles, noteStyles } from './styles'
import { stat } from './team-figures'
import { itemsById } from './titles'

interface Shown {
  readonly evidence: ItemEvidence
  /** Null where the directory, or the catalogue, does not have them. */
  readonly name: string | null
  readonly title: string | null
  /** The names of those who acted on the person's behalf. */
  readonly actors: ReadonlyMap<string, string>
}

function namesOf(entries: readonly HistoryEntry[]): ReadonlyMap<string, string> {
  return new Map(
    entries
      .map(({ actedBy, actedByName }): [string, string] => [actedBy ?? '', actedByName ?? ''])
      .filter(([by, name]) => by !== '' && name !== ''),
  )
}

/** What one person's progress with one item rests on. */
@customElement('page-person-item')
export class PagePersonItem extends LitElement {
  static override styles = [base, managerStyles, noteStyles]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) userId = ''
  @property({ attribute: false }) contentId = ''

  private readonly local = new Localised(this, strings)
  private readonly shown = new Latest<Shown>(this, async () => {
    const { api } = this.services
    const { userId, contentId } = this
    const path = '/api/people/{userId}/progress/{contentId}/evidence'
    const query = { userId, contentId, limit: 100 }
    const [evidence, person, items, history] = await Promise.all([
      api.read(api.client.GET(path, { params: { path: { userId, contentId } } })),
      api.read(api.client.GET('/api/people/{userId}', { params: { path: { userId } } })),
      itemsById(api, [contentId]),
      api.read(api.client.GET('/api/progress/history', { params: { query } })),
    ])
    const actors = namesOf(history.items as HistoryEntry[])
    // openapi-fetch takes pairs for arrays of any length
    const typed = evidence as ItemEvidence
    return { evidence: typed, name: person.name, title: items.get(contentId)?.title ?? null, actors }
  })

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('userId') && !changed.has('contentId')) return
    void this.shown.replace()
  }

  override render() {
    const { t, lang } = this.local
    const shown = this.shown.value
    if (shown === undefined) {
      this.services.title(t.item)
      const { failure } = this.shown
      if (failure === null) return html`<ui-skeleton></ui-skeleton>`
      return failed(failure, lang, () => void this.shown.refresh())
    }
    const { evidence } = shown
    const name = shown.name ?? t.unnamed
    const title = shown.title ?? t.unknownItem
    this.services.title(t.evidenceTitle(title, name))
    return html`${this.#head(shown, name, title)} ${this.#figures(evidence)} ${this.#inShort(evidence)}
      <evidence-map .evidence=${evidence}></evidence-map>
      ${
        evidence.sessions.length + (evidence.folded === null ? 0 : 1) === 0
          ? nothing
          : html`<evidence-sessions .evidence=${evidence}></evidence-sessions>`
      }
      ${besides(evidence, this.local, (by) => this.#actor(shown, name, by))}
      ${this.#onBehalf(evidence, name, title)}`
  }

  #actor({ actors }: Shown, name: string, by: string): string {
    const { t } = this.local
    if (by === this.userId) return name
    return by === this.services.me.userId ? t.you : (actors.get(by) ?? t.someoneElse)
  }

  /** For those who may act for the person, which is not the person: nobody's own item changes here by mistake. */
  #onBehalf({ marks, completion }: ItemEvidence, name: string, title: string): unknown {
    if (this.userId === this.services.me.userId) return nothing
    return html`<on-behalf
      .services=${this.services}
      .userId=${this.userId}
      .contentId=${this.contentId}
      .name=${name}
      .itemTitle=${title}
      ?completed=${completion.completed}
      ?marked=${marks.some(({ mark, stands }) => mark === 'complete' && stands)}
      @acted-on-behalf=${() => void this.shown.refresh()}
    ></on-behalf>`
  }

  #head({ evidence }: Shown, name: string, title: string): TemplateResult {
    const { t } = this.local
    const { summary } = evidence
    return html`<header class="page-head">
      <div class="stack" style="--gap: 4px">
        <a class="back" href="/people/${this.userId}">${icon('back')} ${name}</a>
        <h1>${title}</h1>
        <p class="muted">${t.ofPerson(name)}</p>
      </div>
      ${itemProgress(summary.progressPercentage, summary.status, title)}
    </header>`
  }

  #figures(evidence: ItemEvidence): TemplateResult {
    const { t, format } = this.local
    const { summary, duration, coverage } = evidence
    const length = duration.seconds
    return html`<dl class="card figures">
      ${stat(
        t.watched,
        format.percent(coverage.percent),
        length === null ? nothing : t.watchedOf(format.clock(coverage.seconds), format.clock(length)),
      )}
      ${this.#playingTime(summary.metadata)} ${stat(t.sessions, format.number(summary.totalSessions))}
      ${stat(t.timesCompleted, t.times(summary.completionCount))}
      ${stat(t.lastViewed, moment(format, summary.lastViewed, new Date(), t.never))}
    </dl>`
  }

  /** Nothing for a document, which is not played. */
  #playingTime({ watchTimeSeconds, contentTimeSeconds }: ItemEvidence['summary']['metadata']) {
    const { t, format } = this.local
    if (watchTimeSeconds === 0 && contentTimeSeconds === 0) return nothing
    const content = t.contentTime(format.shortDuration(contentTimeSeconds))
    return stat(t.playingTime, format.shortDuration(watchTimeSeconds), content)
  }

  #inShort(evidence: ItemEvidence): TemplateResult {
    const { t } = this.local
    return html`<section class="card stack" style="--gap: 8px" aria-labelledby="in-short">
      <h2 id="in-short">${t.verdict}</h2>
      <p>${completionInWords(evidence, this.local)}</p>
      ${judgement(evidence, this.local).map(note)}
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-person-item': PagePersonItem
  }
}
