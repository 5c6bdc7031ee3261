import { css } from 'lit'

export const shellStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 100dvh;
  }
  .skip {
    position: absolute;
    inset-inline-start: 16px;
    inset-block-start: -60px;
    z-index: 20;
  }
  .skip:focus {
    inset-block-start: 12px;
  }
  header {
    position: sticky;
    inset-block-start: 0;
    z-index: 10;
    background: color-mix(in srgb, var(--playhead-surface) 88%, transparent);
    backdrop-filter: blur(12px);
    border-block-end: 1px solid var(--playhead-border);
  }
  .bar,
  .content {
    width: 100%;
    max-width: 1180px;
    margin-inline: auto;
    padding-inline: clamp(16px, 4vw, 32px);
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 8px 28px;
    min-height: 60px;
  }
  .home {
    display: inline-flex;
    color: inherit;
    text-decoration: none;
  }
  nav {
    display: flex;
    flex: 1;
    gap: 4px;
  }
  nav a {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 40px;
    padding: 0 12px;
    border-radius: var(--playhead-radius);
    color: var(--playhead-muted);
    font-size: 0.9375rem;
    font-weight: 540;
    text-decoration: none;
    white-space: nowrap;
  }
  nav a:hover {
    color: var(--playhead-text);
    background: var(--playhead-sunken);
  }
  nav a[aria-current] {
    color: var(--playhead-accent);
    background: var(--playhead-accent-soft);
  }
  .notice {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    padding: 8px 16px;
    font-size: 0.875rem;
    color: var(--playhead-warning);
    background: var(--playhead-warning-soft);
  }
  .notice .icon {
    flex: none;
  }
  main {
    flex: 1;
    display: block;
    padding-block: clamp(24px, 4vw, 40px) 64px;
    outline: none;
  }
  .figures-link {
    margin-block: 32px 0;
    font-size: 0.875rem;
  }
  playhead-toast {
    position: fixed;
    inset-block-end: calc(24px + env(safe-area-inset-bottom));
    inset-inline: 16px;
    z-index: 30;
    margin-inline: auto;
    width: fit-content;
    max-width: min(480px, calc(100vw - 32px));
  }
  /* Where there is no room, only the page one is on is named; the others still are for who cannot see the icons. */
  @media (700px < width <= 980px) {
    nav a:not([aria-current]) span {
      position: absolute;
      clip-path: inset(50%);
    }
  }
  /* On a phone the way around is at the thumb. */
  @media (width <= 700px) {
    .bar {
      justify-content: space-between;
    }
    nav {
      position: fixed;
      inset-inline: 0;
      inset-block-end: 0;
      z-index: 10;
      justify-content: space-around;
      gap: 0;
      padding: 4px 4px calc(4px + env(safe-area-inset-bottom));
      background: var(--playhead-surface);
      border-block-start: 1px solid var(--playhead-border);
    }
    nav a {
      flex: 1;
      flex-direction: column;
      justify-content: center;
      gap: 2px;
      min-width: 0;
      min-height: 52px;
      padding: 4px 2px;
      font-size: 0.6875rem;
    }
    nav.crowded a[aria-current] {
      flex: 1.7;
    }
    nav.crowded a:not([aria-current]) span {
      position: absolute;
      clip-path: inset(50%);
    }
    nav a[aria-current] {
      background: none;
    }
    header {
      backdrop-filter: none;
      background: var(--playhead-surface);
    }
    main {
      padding-block-end: 112px;
    }
    playhead-toast {
      inset-block-end: calc(76px + env(safe-area-inset-bottom));
    }
  }
`
