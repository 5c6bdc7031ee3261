/** The look of the scrubber and of the watched map. */
import { css } from 'lit'

export const scrubberStyles = css`
  .seek,
  .map {
    position: relative;
    direction: ltr; /* a recording runs left to right in every script, as its player shows it */
    display: flex;
    flex-direction: column;
    justify-content: center;
    gap: 4px;
  }

  .seek {
    block-size: 32px;
    cursor: pointer;
    touch-action: pan-y; /* the page still scrolls under a finger */
    user-select: none;
    -webkit-user-select: none;
    -webkit-tap-highlight-color: transparent;
    border-radius: 6px;
  }

  .track,
  .watched {
    position: relative;
    overflow: hidden;
    background: var(--_track);
  }

  .track {
    block-size: 6px;
    border-radius: 3px;
  }

  .watched {
    block-size: 4px;
    border-radius: 2px;
  }

  .map .watched {
    block-size: 12px;
    border-radius: 4px;
  }

  .buffered,
  .range,
  .fill {
    position: absolute;
    inset-block: 0;
  }

  .buffered {
    background: color-mix(in srgb, var(--_muted) 30%, var(--_track));
  }

  /* Not the colour of what was watched: being at a place is not having seen what is before it. */
  .fill {
    left: 0;
    background: color-mix(in srgb, var(--_text) 55%, var(--_track));
  }

  /* Square ends and solid colour: where a range ends is read off to the pixel. */
  .range {
    min-width: 1px;
    background: var(--_watched);
  }

  .thumb {
    position: absolute;
    inset-block-start: 9px; /* the middle of the track: (32 - 6 - 4 - 4) / 2 + 3, less half of itself */
    inline-size: 14px;
    block-size: 14px;
    margin-inline-start: -7px;
    margin-block-start: -4px;
    border: 2px solid var(--_surface);
    border-radius: 50%;
    background: var(--_accent);
    box-shadow: 0 1px 3px #00000059;
    transition: scale 120ms;
  }

  .seek:hover .thumb,
  .dragging .thumb {
    scale: 1.25;
  }

  .seek:focus-visible {
    outline: none; /* around the thumb instead: around the whole it would cross the times below */
  }

  .seek:focus-visible .thumb {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
  }

  .bubble {
    position: absolute;
    inset-block-end: calc(100% - 4px);
    translate: -50%;
    padding: 2px 8px;
    border-radius: 6px;
    background: var(--_text);
    color: var(--_surface);
    font-size: 12px;
    line-height: 20px;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
    pointer-events: none;
  }

  .times {
    direction: ltr;
    display: flex;
    justify-content: space-between;
    gap: 16px;
    font-size: 13px;
    line-height: 20px;
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }

  .map + .times {
    margin-block-start: 4px;
  }

  [aria-disabled='true'] {
    cursor: not-allowed;
    opacity: 0.5;
  }

  @media (pointer: coarse) {
    .seek {
      block-size: 44px;
    }

    .thumb {
      inset-block-start: 15px;
      inline-size: 18px;
      block-size: 18px;
      margin-inline-start: -9px;
      margin-block-start: -6px;
    }
  }

  @media (forced-colors: active) {
    .track,
    .watched {
      outline: 1px solid CanvasText; /* no border: it would shift the ranges */
    }

    .fill,
    .range,
    .thumb {
      background: Highlight;
    }

    .buffered {
      display: none; /* there is no third colour for it */
    }

    .bubble {
      border: 1px solid CanvasText;
    }
  }
`
