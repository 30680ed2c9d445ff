// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {render, screen} from '@testing-library/preact';
import {afterEach, describe, expect, test, vi} from 'vitest';
import ReadinessScreen from '../../src/features/readiness/readiness_screen.tsx';
import {CHECKLIST, closeTablet, openTablet, rows} from './open_tablet.ts';

// The office is not asked: what it is told is the report's own matter.
vi.mock('../../src/app/reporting.ts', () => ({noteReadiness: () => {}, reportState: async () => {}}));

afterEach(closeTablet);

describe('the departure check on the screen', () => {
  test('says in one sentence that the tablet is not ready, and what mends it', async () => {
    await openTablet(rows.visit(), rows.run());
    render(<ReadinessScreen />);

    expect(await screen.findByText('Not ready to work offline')).toBeTruthy();
    expect(screen.getByText('A visit is not here whole')).toBeTruthy();
    expect(screen.getByText('A checklist is missing')).toBeTruthy();
    expect(screen.getByText('What is saved is there after a restart')).toBeTruthy();
    expect(screen.getAllByRole('button', {name: 'Sync'}).length).toBeGreaterThan(0);
  });

  test('does not take a checklist for good whose content is not what its digest says', async () => {
    await openTablet(rows.visit(), rows.site(), rows.run(), rows.checklist(CHECKLIST));
    render(<ReadinessScreen />);

    expect(await screen.findByText('The next visits are here whole')).toBeTruthy();
    expect(screen.getByText('A checklist is missing')).toBeTruthy();
  });
});
