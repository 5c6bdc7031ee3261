/** The styles that every page shares: its elements have shadow roots, so each adopts them. */
import { css } from 'lit'
import { buttons } from './buttons'
import { fields } from './fields'
import { tables } from './tables'

const layout = css`
  :host {
    display: block;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd,
  ul,
  figure {
    margin: 0;
    padding: 0;
  }
  h1 {
    font-size: clamp(1.5rem, 1.2rem + 1.2vw, 2rem);
    line-height: 1.2;
    letter-spacing: -0.02em;
    font-weight: 680;
    text-wrap: balance;
  }
  h2 {
    font-size: 1.125rem;
    line-height: 1.35;
    letter-spacing: -0.01em;
    font-weight: 640;
  }
  h3 {
    font-size: 0.9375rem;
    font-weight: 620;
  }
  a {
    color: var(--playhead-accent);
    text-underline-offset: 0.2em;
    text-decoration-thickness: 1px;
  }
  a:hover {
    color: var(--playhead-accent-hover);
  }
  :focus-visible {
    outline: 2px solid var(--playhead-focus);
    outline-offset: 2px;
    border-radius: 4px;
  }
  /* It has the focus only for who cannot see that the page is another. */
  h1:focus {
    outline: none;
  }
  .muted {
    color: var(--playhead-muted);
  }
  .small {
    font-size: 0.875rem;
  }
  .numeric {
    font-variant-numeric: tabular-nums;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  /* One column of things, a row of things, and a grid of cards that are never narrower than --min. */
  .stack {
    display: flex;
    flex-direction: column;
    gap: var(--gap, 16px);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--gap, 12px);
  }
  .spread {
    justify-content: space-between;
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(var(--min, 260px), 100%), 1fr));
    gap: var(--gap, 16px);
  }
  .page-head {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    justify-content: space-between;
    gap: 12px 24px;
    margin-block-end: 24px;
  }
  .card {
    background: var(--playhead-surface);
    border: 1px solid var(--playhead-border);
    border-radius: var(--playhead-radius-large);
    box-shadow: var(--playhead-shadow);
    padding: 20px;
  }
  /* A figure: what it is, small; how much, large; more of it, small. */
  .stat {
    display: grid;
    gap: 4px;
  }
  .stat .label {
    color: var(--playhead-muted);
    font-size: 0.8125rem;
    font-weight: 520;
  }
  .stat .figure {
    font-size: 1.75rem;
    line-height: 1.15;
    font-weight: 660;
    letter-spacing: -0.02em;
    font-variant-numeric: tabular-nums;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 2px 8px;
    border-radius: 999px;
    font-size: 0.75rem;
    font-weight: 580;
    line-height: 1.5;
    white-space: nowrap;
    color: var(--playhead-muted);
    background: var(--playhead-sunken);
  }
  .badge.success {
    color: var(--playhead-success);
    background: var(--playhead-success-soft);
  }
  .badge.warning {
    color: var(--playhead-warning);
    background: var(--playhead-warning-soft);
  }
  .badge.danger {
    color: var(--playhead-danger);
    background: var(--playhead-danger-soft);
  }
  .badge.accent {
    color: var(--playhead-accent);
    background: var(--playhead-accent-soft);
  }
  @media (max-width: 600px) {
    .card {
      padding: 16px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      transition-duration: 0.01ms !important;
    }
  }
`

export const base = [layout, buttons, fields, tables]
