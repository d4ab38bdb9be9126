"""Plans are fetched a few at a time, in their order, and slow ones hold nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from modules.run_task.places import Place, Places


async def is_done(task: asyncio.Task[None]) -> bool:
    for _ in range(5):
        await asyncio.sleep(0)
    return task.done()


async def taken(places: Places) -> Place:
    place = Place(places)
    await place.take()
    return place


def run(test: Awaitable[None]) -> None:
    async def within_time() -> None:
        async with asyncio.timeout(10):
            await test

    asyncio.run(within_time())


def test_they_come_in_their_order() -> None:
    async def test() -> None:
        places = Places(at_once=1, patience=60)
        first = await taken(places)
        waiting = [Place(places) for _ in range(3)]
        tasks = [asyncio.create_task(place.take()) for place in waiting]
        assert [await is_done(task) for task in tasks] == [False, False, False]
        first.leave()
        assert [await is_done(task) for task in tasks] == [True, False, False]
        waiting[0].leave()
        assert [await is_done(task) for task in tasks] == [True, True, False]
        tasks[2].cancel()

    run(test())


def test_a_slow_one_leaves_its_place_to_the_next() -> None:
    async def test() -> None:
        places = Places(at_once=1, patience=0.01)
        await taken(places)
        await taken(places)

    run(test())


def test_one_that_has_arrived_keeps_its_place_until_its_review() -> None:
    async def test() -> None:
        places = Places(at_once=1, patience=0.01)
        arrived = await taken(places)
        arrived.keep()
        task = asyncio.create_task(Place(places).take())
        await asyncio.sleep(0.05)
        assert not task.done()
        arrived.leave()
        assert await is_done(task)

    run(test())


def test_a_place_is_left_once_and_also_by_one_that_breaks_off() -> None:
    async def test() -> None:
        places = Places(at_once=1, patience=60)
        with places.one() as place:
            await place.take()
            place.leave()
        with places.one():
            pass
        await taken(places)
        task = asyncio.create_task(Place(places).take())
        assert not await is_done(task)
        task.cancel()

    run(test())
