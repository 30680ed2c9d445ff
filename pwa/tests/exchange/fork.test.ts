/** Two copies of one storage: each works on, and in the end the office has everything once. */
import {describe, expect, test} from 'vitest';
import {problem} from './small_server.ts';
import type {SmallTablet} from './small_tablet.ts';
import {uuid, World} from './world.ts';

const MINUTE = 60_000;

function twins(): {world: World; one: SmallTablet; other: SmallTablet} {
  const world = new World(11, 1);
  const [one] = world.tablets;
  if (one === undefined) throw new Error('no tablet');
  world.run(10_000);
  act(world, one, 'sent before');
  world.run(MINUTE);
  act(world, one, 'unsent in both');
  const other = one.clone();
  world.tablets.push(other);
  world.tell(other, {kind: 'unlocked'});
  return {world, one, other};
}

function act(world: World, tablet: SmallTablet, item: string): void {
  const id = uuid(0x9000 + world.created.length);
  world.created.push(id);
  world.tell(tablet, {kind: 'acted', n: tablet.act(id, item, 'x')});
}

describe('a storage that was copied', () => {
  test('goes on as two devices; what both held is carried out once, what either did after is there', () => {
    const {world, one, other} = twins();
    act(world, one, 'by one');
    act(world, other, 'by the other');
    world.run(5 * MINUTE);
    expect(one.device).not.toBe(other.device);
    expect([...world.server.disk.accepted].sort()).toEqual([...world.created].sort());
    for (const tablet of [one, other]) expect(tablet.status).toMatchObject({unsent: 0, pending: false, closed: {}});
    const shown = world.server.rows()[`run/${'019a0000-0000-7000-8000-00000000bbbb'}`]?.['answers'];
    expect(shown).toEqual({'sent before': 'x', 'unsent in both': 'x', 'by one': 'x', 'by the other': 'x'});
  });

  test('goes on capturing while the office has not confirmed it, and says so', () => {
    const {world, one, other} = twins();
    act(world, one, 'by one');
    world.run(20_000);
    act(world, other, 'by the other');
    world.run(25_000);
    const fork = [one, other].find((tablet) => world.server.strangers.has(tablet.device));
    if (fork === undefined) throw new Error('nobody noticed');
    act(world, fork, 'while waiting');
    expect(fork.shown()).toHaveProperty('while waiting');
    expect(fork.status).toMatchObject({pending: true});
    world.run(5 * MINUTE);
    expect(fork.status).toMatchObject({pending: false, unsent: 0});
    expect(new Set(world.server.disk.accepted)).toEqual(new Set(world.created));
  });

  test('whose copy is copied again before anything was accepted from it becomes a third device', () => {
    const {world, one, other} = twins();
    act(world, one, 'by one');
    world.run(20_000);
    act(world, other, 'by the other');
    world.run(10_000);
    const fork = [one, other].find((tablet) => world.server.strangers.has(tablet.device));
    if (fork === undefined) throw new Error('nobody noticed');
    const third = fork.clone();
    world.tablets.push(third);
    world.tell(fork, {kind: 'locked'});
    world.tell(third, {kind: 'unlocked'});
    world.run(2 * MINUTE);
    for (const item of ['by the third', 'and again']) {
      world.tell(third, {kind: 'signed_in'});
      act(world, third, item);
      world.run(MINUTE);
    }
    act(world, fork, 'by the copy');
    world.tell(fork, {kind: 'unlocked'});
    world.run(5 * MINUTE);
    expect(new Set(world.tablets.map((tablet) => tablet.device)).size).toBe(3);
    for (const tablet of world.tablets) expect(tablet.status).toMatchObject({unsent: 0, closed: {}});
    expect([...world.server.disk.accepted].sort()).toEqual([...world.created].sort());
  });

  test('does not become one device after another when the server says it again and again', () => {
    const world = new World(11, 1);
    const [tablet] = world.tablets;
    if (tablet === undefined) throw new Error('no tablet');
    world.run(10_000);
    const own = world.server.answer.bind(world.server);
    world.server.answer = (request) => (request.kind === 'push' ? problem(409, 'device_forked') : own(request));
    act(world, tablet, 'a');
    world.run(60 * MINUTE);
    expect(world.forks).toBe(2);
    expect(tablet.status).toMatchObject({closed: {push: 'device_forked', pull: 'device_forked'}, unsent: 1});
  });
});
