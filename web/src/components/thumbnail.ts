/** `<playhead-thumbnail>`: an item's picture, or one made of its name when there is none or it does not load. */
import { css, html, LitElement, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { define } from './define'
import { foundation } from './styles'

/** 16:9 and decorative: the title is written beside it. */
export class PlayheadThumbnail extends LitElement {
  static override styles = [
    foundation,
    css`
      :host {
        position: relative;
        aspect-ratio: 16 / 9;
        overflow: hidden;
        border-radius: var(--_radius);
        background: var(--_track);
      }

      img,
      .made {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
      }

      img {
        object-fit: cover;
      }

      /* Dark enough at both ends, in every hue, for white letters. */
      .made {
        display: grid;
        place-items: center;
        background: linear-gradient(
          135deg,
          oklch(0.52 0.13 var(--_hue)),
          oklch(0.36 0.11 calc(var(--_hue) + 48))
        );
        color: #ffffff;
        container-type: size;
      }

      .made span {
        font-size: 36cqb;
        line-height: 1;
        font-weight: 600;
        letter-spacing: 0.02em;
      }

      @media (forced-colors: active) {
        .made {
          border: 1px solid CanvasText;
        }
      }
    `,
  ]

  @property() src: string | null = null
  /** The item's title; its initials and its colour come from it. Not `title`: that would be a tooltip. */
  @property() name = ''

  @state() private failed = false

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('src')) this.failed = false
  }

  override render() {
    if (this.src && !this.failed) {
      return html`<img
        part="image"
        src=${this.src}
        alt=""
        loading="lazy"
        decoding="async"
        @error=${this.onError}
      />`
    }
    return html`
      <div class="made" part="made" aria-hidden="true" .style=${`--_hue: ${hueOf(this.name)}`}>
        <span>${initialsOf(this.name)}</span>
      </div>
    `
  }

  private onError() {
    this.failed = true
  }
}

/** The first letters of the first two words that begin with a letter or a digit, in capitals. */
export function initialsOf(name: string): string {
  const words = name.match(/[\p{L}\p{N}][^\s]*/gu) ?? []
  return words
    .slice(0, 2)
    .map((word) => Array.from(word)[0]?.toLocaleUpperCase() ?? '')
    .join('')
}

/** A hue, in degrees, that stays the same for a name and differs between similar ones. */
export function hueOf(name: string): number {
  let hash = 0x811c9dc5 // FNV-1a
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0) % 360
}

define('playhead-thumbnail', PlayheadThumbnail)

declare global {
  interface HTMLElementTagNameMap {
    'playhead-thumbnail': PlayheadThumbnail
  }
}
