import { Task } from '@lit/task'
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import { Failure } from '../../api/failure'
import type { ItemProgress } from '../../api/types'
import { strings as componentStrings } from '../../components/strings'
import type { DocumentState, TrackerState } from '../../sdk'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { failed, messageOf } from '../ui/failed'
import { icon } from '../ui/icon'
import '../ui/confirm'
import '../ui/skeleton'
import '../ui/state'
import { requirement } from './card-view'
import './player/course'
import './player/document'
import { factsStyles, factsView } from './player/facts'
import { Follower } from './player/follower'
import './player/media'
import { loadNext } from './player/next'
import { nextView } from './player/next-view'
import './player/saving-line'
import { takeResuming } from './player/resuming'
import { shapeOf, type Shape } from './player/shape'
import { loadWatched, type Watched } from './player/watched'
import type { CatalogueRow } from './records'
import { strings } from './strings'
import { typeIcon, typeName } from './types'
import { watchStyles } from './watch-styles'

function hasParts({ parts }: ItemProgress): boolean {
  return parts !== undefined && parts.length > 0
}

/** One item: played or read here where that is possible, and how far one is with it. */
@customElement('page-watch')
export class PageWatch extends LitElement {
  static override styles = [base, watchStyles, factsStyles]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) contentId!: string

  @state() private session: TrackerState | DocumentState | null = null
  @state() private next: CatalogueRow | null = null
  /** A mark by hand is on its way. */
  @state() private marking = false

  private readonly local = new Localised(this, strings)
  readonly #loading = new Task(this, {
    task: async ([services, contentId]: readonly [Services, string]) => {
      this.session = null
      this.next = null
      const watched = await loadWatched(services, contentId)
      this.#follower.begin(watched.progress)
      services.title(watched.item.title)
      return watched
    },
    args: () => [this.services, this.contentId] as const,
  })
  readonly #follower = new Follower(this)
  readonly #resuming = takeResuming()
  /** Closes the item's last message, which no longer holds once it is undone. */
  #closeMessage: () => void = () => undefined

  override render() {
    return this.#loading.render({
      pending: () => html`<ui-skeleton .count=${3}></ui-skeleton>`,
      complete: (watched) => keyed(watched.item.contentId, this.#page(watched)),
      error: (reason) =>
        reason instanceof Failure && reason.kind === 'missing'
          ? this.#missing()
          : failed(reason, this.local.lang, () => void this.#loading.run()),
    })
  }

  #page(watched: Watched): TemplateResult {
    const { t } = this.local
    const { item } = watched
    return html`<a class="back" href="/">${icon('back')}${t.backToLibrary}</a>
      <div class="columns">
        <div class="stack main">
          <header class="stack tight">
            <h1><bdi>${item.title}</bdi></h1>
            <div class="row about">
              <span>${icon(typeIcon(item.type))}${typeName(item.type, t)}</span>
              ${
                item.durationSeconds === null
                  ? nothing
                  : html`<span
                      >${icon('clock')}${this.local.format.shortDuration(item.durationSeconds)}</span
                    >`
              }
              ${requirement(watched.assignment, this.#follower.completed, this.local, new Date())}
            </div>
          </header>
          ${this.#player(watched, shapeOf(item, location.href))}
        </div>
        <aside class="stack">
          ${this.#facts(watched)} ${this.#again(watched)}
          ${this.next === null ? nothing : nextView(this.next, this.local)}
        </aside>
      </div>`
  }

  #player(watched: Watched, shape: Shape): TemplateResult {
    const progress = this.#follower.progress ?? watched.progress
    if (hasParts(progress)) {
      return html`<watch-course .services=${this.services} .progress=${progress}></watch-course>`
    }
    if (shape === 'document') {
      return html`<watch-document
        .services=${this.services}
        .item=${watched.item}
        .progress=${progress}
        .threshold=${watched.threshold}
        @watch-state=${this.#onState}
        @watch-completed=${this.#onCompleted}
        @watch-ended=${this.#onEnded}
        >${this.#saving()}</watch-document
      >`
    }
    if (shape === 'link' || shape === 'elsewhere') return this.#elsewhere(watched, shape)
    return html`<watch-media
      .services=${this.services}
      .item=${watched.item}
      .progress=${progress}
      .threshold=${watched.threshold}
      ?audio=${shape === 'audio'}
      ?completed=${this.#follower.completed}
      ?resuming=${this.#resuming}
      @watch-state=${this.#onState}
      @watch-completed=${this.#onCompleted}
      @watch-ended=${this.#onEnded}
      >${this.#saving()}</watch-media
    >`
  }

  #saving(): TemplateResult {
    return html`<watch-saving .tracked=${this.session}></watch-saving>
      <span class="push"></span>${this.#mark()}`
  }

  #mark(): TemplateResult {
    return html`<playhead-mark-complete
      ?completed=${this.#follower.completed}
      ?busy=${this.marking}
      @playhead-complete=${this.#onComplete}
      @playhead-reopen=${this.#onReopen}
    ></playhead-mark-complete>`
  }

  #elsewhere({ item, progress: first }: Watched, shape: Shape): TemplateResult {
    const { t } = this.local
    const { metadata } = this.#follower.progress ?? first
    return html`<div class="card">
        <ui-state
          .icon=${typeIcon(item.type)}
          .heading=${shape === 'link' ? item.title : t.elsewhere}
          .text=${shape === 'link' ? t.openedElsewhereText : t.elsewhereText}
        >
          ${
            shape === 'link'
              ? html`<a class="button primary" href=${item.mediaUrl ?? ''} target="_blank" rel="noopener"
                  >${t.openDocument}</a
                >`
              : nothing
          }
        </ui-state>
      </div>
      ${
        metadata.durationSeconds === null
          ? nothing
          : html`<playhead-scrubber
              readonly
              times
              .duration=${metadata.durationSeconds}
              .segments=${metadata.watchedSegments}
            ></playhead-scrubber>`
      }
      <div class="row">${this.#mark()}</div>`
  }

  #facts({ item, progress: first, threshold }: Watched): TemplateResult {
    const progress = this.#follower.progress ?? first
    const facts = {
      progress,
      percentage: this.session?.overall.percentage ?? progress.progressPercentage,
      completed: this.#follower.completed,
      reading: item.type === 'document',
      course: hasParts(progress),
      threshold,
      title: item.title,
    }
    return factsView(facts, this.local, new Date())
  }

  #again({ progress: first }: Watched): unknown {
    if (!this.#follower.completed) return nothing
    const { t, format } = this.local
    const { completedAt } = this.#follower.progress ?? first
    return html`<ui-confirm
      class="again"
      .label=${t.takeAgain}
      .question=${t.takeAgainQuestion}
      .text=${completedAt === null ? t.takeAgainTextUndated : t.takeAgainText(format.date(completedAt))}
      .act=${this.#takeAgain}
    ></ui-confirm>`
  }

  readonly #takeAgain = async (): Promise<void> => {
    await this.services.playhead.beginAttempt(this.contentId)
    this.#closeMessage()
    this.#follower.restart()
    this.next = null
    this.#closeMessage = this.services.notify(this.local.t.attemptBegan)
  }

  #missing(): TemplateResult {
    const { t } = this.local
    this.services.title(t.noSuchItem)
    return html`<ui-state whole .icon=${'search'} .heading=${t.noSuchItem} .text=${t.noSuchItemText}>
      <a class="button primary" href="/">${t.toTheLibrary}</a>
    </ui-state>`
  }

  /** The player says itself that it is completed; where there is none, this does. */
  async #setCompleted(completed: boolean): Promise<void> {
    const { playhead, notify } = this.services
    this.marking = true
    try {
      await (completed ? playhead.complete(this.contentId) : playhead.reopen(this.contentId))
      this.#follower.mark(completed)
      if (!completed) this.#closeMessage()
      if (completed && this.session === null) this.#onCompleted()
    } catch (reason) {
      this.#closeMessage = notify(this.local.t.didNotWork(messageOf(reason)), 'problem')
    }
    this.marking = false
  }

  readonly #onState = (event: CustomEvent<TrackerState | DocumentState>): void => {
    this.session = event.detail
  }

  readonly #onCompleted = (): void => {
    this.#follower.mark(true)
    this.#closeMessage = this.services.notify(componentStrings(this.local.lang).contentCompleted)
    this.#onEnded()
  }

  readonly #onEnded = (): void => {
    void this.#suggest()
  }

  /** A suggestion that cannot be loaded is left out: it is optional. */
  async #suggest(): Promise<void> {
    const { contentId } = this
    if (this.next !== null) return
    const next = await loadNext(this.services, contentId).catch(() => null)
    if (contentId === this.contentId) this.next = next
  }

  readonly #onComplete = (): void => {
    void this.#setCompleted(true)
  }

  readonly #onReopen = (): void => {
    void this.#setCompleted(false)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-watch': PageWatch
  }
}
