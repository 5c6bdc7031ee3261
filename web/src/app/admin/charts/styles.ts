import { css } from 'lit'

/** The styles of a series: a few thin lines, and one thick one. */
export const seriesStyles = css`
  figure {
    display: grid;
    gap: 12px;
    min-width: 0;
  }
  .plot {
    position: relative;
    min-width: 0;
    cursor: crosshair;
    touch-action: pan-y;
  }
  svg {
    position: absolute;
    inset: 0;
    display: block;
    /* anchors of texts are named by sides here, whichever way the page runs */
    direction: ltr;
    overflow: visible;
    pointer-events: none;
  }
  text {
    fill: var(--playhead-muted);
    font-size: 12px;
    font-variant-numeric: tabular-nums;
    unicode-bidi: plaintext;
  }
  .tick {
    text-anchor: middle;
  }
  .level {
    text-anchor: end;
  }
  .level.rtl {
    text-anchor: start;
  }
  .grid {
    stroke: var(--playhead-border);
    stroke-dasharray: 2 4;
  }
  .axis {
    stroke: var(--playhead-border-strong);
  }
  .series {
    fill: none;
    stroke: var(--playhead-accent);
    stroke-width: 2.25;
    stroke-linejoin: round;
    stroke-linecap: round;
  }
  .series.unfinished {
    stroke-dasharray: 1 6;
  }
  .area {
    fill: url(#fade);
  }
  .from {
    stop-color: var(--playhead-accent);
    stop-opacity: 0.22;
  }
  .to {
    stop-color: var(--playhead-accent);
    stop-opacity: 0.02;
  }
  .cursor {
    stroke: var(--playhead-text);
    stroke-opacity: 0.4;
  }
  .dot {
    fill: var(--playhead-surface);
    stroke: var(--playhead-accent);
    stroke-width: 2.5;
  }
  /* It is there for keys and screen readers; what it is at, the cursor shows. */
  input[type='range'] {
    position: absolute;
    inset-block: 0;
    height: 100%;
    margin: 0;
    opacity: 0;
    pointer-events: none;
  }
  .plot:has(input:focus-visible) {
    outline: 2px solid var(--playhead-focus);
    outline-offset: 4px;
    border-radius: 4px;
  }
  .read-out {
    position: absolute;
    top: 4px;
    display: grid;
    padding: 6px 12px;
    border: 1px solid var(--playhead-border);
    border-radius: var(--playhead-radius-small);
    background: var(--playhead-raised);
    box-shadow: var(--playhead-shadow-large);
    white-space: nowrap;
    pointer-events: none;
  }
  .read-out strong {
    font-variant-numeric: tabular-nums;
  }
  @media (max-width: 600px) {
    details table.data th,
    details table.data td {
      padding: 8px;
    }
  }
`
