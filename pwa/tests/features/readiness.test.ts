import {describe, expect, test} from 'vitest';
import {check, type Facts, isOlder, type Line, verdict} from '../../src/features/readiness/rules.ts';

const GOOD: Facts = {
  visits: 3, broken: 0, wrongChecklists: 0, lostPhotos: 0, addsUp: true, installed: true, persisted: true, room: 4e9, controlled: true,
  upToDate: true, clockOffset: 300, keeps: true, unsent: 0, signedIn: true, silentDays: 0, battery: 0.8,
};

const gradeOf = (line: Line, over: Partial<Facts>) => check({...GOOD, ...over}).find((each) => each.line === line)?.grade;

describe('the departure check', () => {
  test('lets a tablet go that lacks nothing', () => {
    const checks = check(GOOD);
    expect(checks.every(({grade, remedy}) => grade === 'ok' && remedy === null)).toBe(true);
    expect(verdict(checks)).toBe('ready');
  });

  test.each<[Line, Partial<Facts>, 'warn' | 'fail']>([
    ['visits', {broken: 1}, 'fail'], ['checklists', {wrongChecklists: 1}, 'fail'], ['photos', {lostPhotos: 1}, 'fail'], ['sums', {addsUp: false}, 'fail'],
    ['installed', {installed: false}, 'fail'], ['persisted', {persisted: false}, 'warn'], ['room', {room: 199_999_999}, 'fail'], ['room', {room: 999_999_999}, 'warn'],
    ['controlled', {controlled: false}, 'fail'], ['version', {upToDate: false}, 'warn'], ['clock', {clockOffset: -120_000}, 'warn'], ['clock', {clockOffset: null}, 'warn'],
    ['storage', {keeps: false}, 'fail'], ['unsent', {unsent: 1}, 'warn'], ['signed_in', {signedIn: false}, 'warn'], ['contact', {silentDays: 7}, 'warn'],
    ['contact', {silentDays: 14}, 'fail'], ['contact', {silentDays: null}, 'fail'], ['battery', {battery: 0.29}, 'warn'],
  ])('%s with %j is a %s and says what mends it', (line, over, grade) => {
    expect(gradeOf(line, over)).toBe(grade);
    expect(verdict(check({...GOOD, ...over}))).toBe(grade === 'fail' ? 'not_ready' : 'doubtful');
  });

  test.each<[Line, Partial<Facts>]>([
    ['clock', {clockOffset: 119_999}], ['room', {room: 1e9}], ['room', {room: null}], ['contact', {silentDays: 6}], ['battery', {battery: 0.3}],
  ])('%s with %j is good', (line, over) => expect(gradeOf(line, over)).toBe('ok'));

  test('says nothing of a battery that nobody can see', () => expect(gradeOf('battery', {battery: null})).toBeUndefined());

  test('compares versions by their numbers', () => {
    expect([isOlder('0.9.0', '0.10.0'), isOlder('0.10.0', '0.9.0'), isOlder('1.0.0', '1.0.0'), isOlder('1.0.0', null), isOlder('1.0', '1.0.1')]).toEqual([true, false, false, false, true]);
  });
});
