/** The look of the Continue Watching row. */
import { css } from 'lit'

export const continueWatchingStyles = css`
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
    min-block-size: 40px;
    margin-block-end: 8px;
  }

  h2 {
    margin: 0;
    font-size: 20px;
    line-height: 28px;
    font-weight: 650;
    letter-spacing: -0.01em;
  }

  .scroll {
    display: flex;
    gap: 4px;
  }

  .scroll button[aria-disabled='true'] {
    opacity: 0.4;
    cursor: default;
  }

  .scroll button:dir(rtl) svg {
    scale: -1 1;
  }

  ul {
    list-style-type: ''; /* 'none' would make Safari forget that this is a list */
    display: flex;
    gap: 16px;
    margin: -4px;
    padding: 4px; /* room for the focus ring, which the scroll box would cut */
    overflow-x: auto;
    scroll-snap-type: x proximity;
    scroll-padding-inline: 4px;
    scroll-behavior: smooth;
    scrollbar-width: none;
    overscroll-behavior-x: contain;
  }

  li {
    position: relative;
    flex: 0 0 min(240px, 72%);
    min-inline-size: 0;
    scroll-snap-align: start;
  }

  .card {
    display: flex;
    flex-direction: column;
    gap: 2px;
    color: inherit;
    text-decoration: none;
    text-align: start;
    border-radius: var(--_radius);
  }

  button.card {
    inline-size: 100%;
    align-items: stretch;
    justify-content: start;
    padding: 0;
    border: none;
    font-weight: inherit;
  }

  button.card:hover {
    background: none;
  }

  .picture {
    display: block;
    position: relative;
    margin-block-end: 8px;
    border-radius: var(--_radius);
    overflow: hidden;
  }

  playhead-thumbnail {
    border-radius: 0;
    transition: scale 240ms ease-out;
  }

  .card:hover playhead-thumbnail {
    scale: 1.03;
  }

  .card:hover .title {
    text-decoration: underline;
    text-underline-offset: 3px;
  }

  .bar {
    position: absolute;
    inset-inline: 0;
    inset-block-end: 0;
    block-size: 4px;
    background: var(--_track);
  }

  .bar span {
    display: block;
    block-size: 100%;
    background: var(--_accent);
  }

  .title {
    font-size: 15px;
    line-height: 20px;
    font-weight: 600;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }

  .left {
    font-size: 13px;
    line-height: 20px;
    font-weight: 400;
    color: var(--_muted);
  }

  button.dismiss {
    position: absolute;
    inset-block-start: 8px;
    inset-inline-end: 8px;
    min-inline-size: 32px;
    min-block-size: 32px;
    border-radius: 50%;
    background: #0b0e14b8;
    color: #ffffff;
  }

  button.dismiss:hover {
    background: #0b0e14;
  }

  button.dismiss:focus-visible {
    outline-color: #ffffff;
    outline-offset: -4px;
  }

  /* A finger's 44 px around a disc of 32: a larger disc would hide the picture. */
  button.dismiss::after {
    content: '';
    position: absolute;
    inset: -6px;
  }

  .removed {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    aspect-ratio: 16 / 9;
    padding: 8px 16px;
    border: 1px dashed var(--_border-strong);
    border-radius: var(--_radius);
    color: var(--_muted);
    font-size: 13px;
    line-height: 20px;
    text-align: center;
  }

  .removed strong {
    color: var(--_text);
    font-weight: 600;
  }

  .removed bdi {
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .empty {
    display: flex;
    flex-direction: column;
    gap: 4px;
    align-items: center;
    padding: 40px 24px;
    border: 1px dashed var(--_border-strong);
    border-radius: calc(var(--_radius) * 1.4);
    text-align: center;
    color: var(--_muted);
  }

  .empty strong {
    color: var(--_text);
    font-weight: 600;
  }

  .loading {
    overflow: hidden;
  }

  .bone {
    border-radius: 4px;
    background: var(--_track);
    animation: breathe 1.6s ease-in-out infinite;
  }

  .bone.block {
    aspect-ratio: 16 / 9;
    margin-block-end: 8px;
    border-radius: var(--_radius);
  }

  .bone.line {
    block-size: 12px;
    margin-block-start: 8px;
    inline-size: 80%;
  }

  .bone.line + .line {
    inline-size: 40%;
  }

  @keyframes breathe {
    50% {
      opacity: 0.5;
    }
  }

  @media (pointer: coarse) {
    .scroll {
      display: none; /* a finger swipes */
    }
  }

  @media (forced-colors: active) {
    .bar {
      outline: 1px solid CanvasText;
    }

    .bone {
      border: 1px solid GrayText;
    }

    .bar span {
      background: Highlight;
    }
  }
`
