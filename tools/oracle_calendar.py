#!/usr/bin/python3
"""Prints what zoneinfo and dateutil say about zones, recurrences and spans, one
question and its answer per line, for src/calendar/test_oracle.c to compare with
ours. It shares no code and no data reader with the program. The policy for hours
that do not exist or come twice is written here a second time, on purpose:
gap -> the change itself; twice -> first pass for starts, last for ends."""
import functools
import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil import easter, rrule
from dateutil.relativedelta import relativedelta

ZONES = """Europe/Paris Europe/London Europe/Dublin Europe/Lisbon Europe/Istanbul Europe/Moscow
America/New_York America/Sao_Paulo America/Santiago America/St_Johns America/Havana America/Nuuk
Africa/Casablanca Africa/Cairo Africa/El_Aaiun Asia/Kathmandu Asia/Tehran Asia/Gaza Asia/Beirut
Asia/Kolkata Australia/Lord_Howe Australia/Adelaide Pacific/Apia Pacific/Chatham Pacific/Kiritimati
Antarctica/Troll UTC Etc/GMT+5""".split()
RULED = "Europe/Paris America/New_York Australia/Lord_Howe Africa/Casablanca".split()
NIGHTS = "Europe/Paris Australia/Lord_Howe America/New_York Africa/Casablanca America/Santiago".split()
EPOCH = datetime(1970, 1, 1)
DAYS = "mon tue wed thu fri sat sun".split()
HOUR = 3600


def offset(zone, t):
    return int(datetime.fromtimestamp(t, zone).utcoffset().total_seconds())


def local(zone, t):
    return EPOCH + timedelta(seconds=t + offset(zone, t))


def seconds(naive):
    return int((naive - EPOCH).total_seconds())


@functools.lru_cache
def all_changes(zone):
    """Instants of 2009-2047 at which the offset changes, to the second, by bisection."""
    found, step = [], 86400
    for t in range(seconds(datetime(2009, 1, 1)), seconds(datetime(2047, 1, 1)), step):
        if offset(zone, t) != offset(zone, t + step):
            low, high = t, t + step
            while high - low > 1:
                mid = (low + high) // 2
                low, high = (mid, high) if offset(zone, mid) == offset(zone, low) else (low, mid)
            found.append(high)
    return found


def changes(zone, start, end):
    return [t for t in all_changes(zone) if start <= t < end]


def instants(zone, naive):
    """All instants that show this civil time: fold 0 and 1, each read back."""
    first, second = (int(naive.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if first == second:  # PEP 495: neither in a gap nor repeated
        return [first]
    return sorted({t for t in (first, second) if local(zone, t) == naive})


@functools.lru_cache(maxsize=1 << 18)
def resolve(zone, naive, last=False):
    """(instant, kind) by our policy."""
    both = instants(zone, naive)
    if not both:
        shown = seconds(naive)
        near = [c for c in changes(zone, shown - 30 * HOUR, shown + 30 * HOUR)
                if c + offset(zone, c - 1) <= shown < c + offset(zone, c)]
        return near[0], "gap"
    return both[-1 if last else 0], "twice" if len(both) > 1 else "once"


def say(*words):
    print(*words, sep="\t")


def offsets(rng):
    begin, end = seconds(datetime(2012, 1, 1)), seconds(datetime(2046, 1, 1))
    for name in ZONES:
        zone = ZoneInfo(name)
        at = set(range(begin, end, 10 * 86400 + 3600 * 7))
        for change in changes(zone, begin, end):
            say("change", name, change)
            at |= {change + d for d in (-HOUR, -1, 0, 1, HOUR)}
        for year in (1890, 1916, 1941, 1968, 1999, 2037, 2038, 2087, 2088, 2100, 2333, 2437, 2500,
                     5000, 9000):
            for _ in range(12):
                at.add(seconds(datetime(year, 1, 1)) + rng.randrange(366 * 86400))
        for t in sorted(at):
            aware = datetime.fromtimestamp(t, zone)
            say("offset", name, t, int(aware.utcoffset().total_seconds()), aware.tzname())


def civil(name, zone, naive):
    first, kind = resolve(zone, naive)
    say("civil", name, naive.strftime("%Y %m %d %H %M %S"), first, resolve(zone, naive, True)[0], kind)


def nights():
    for name in NIGHTS:
        zone = ZoneInfo(name)
        seen = changes(zone, seconds(datetime(2025, 1, 1)), seconds(datetime(2026, 12, 31)))
        if not seen:  # a country that has given up changing: an earlier year
            seen = changes(zone, seconds(datetime(2019, 1, 1)), seconds(datetime(2022, 12, 31)))
        for change in seen[:4]:
            noon = local(zone, change - 86400).replace(hour=12, minute=0, second=0)
            for minute in range(48 * 60):
                civil(name, zone, noon + timedelta(minutes=minute))
    for name in ZONES:  # and every change of twenty years, at its edges
        zone = ZoneInfo(name)
        for change in changes(zone, seconds(datetime(2010, 1, 1)), seconds(datetime(2040, 1, 1))):
            for base in (change + offset(zone, change - 1), change + offset(zone, change)):
                for d in (-5400, -1, 0, 1, 900, 1800, 3599, 3600):
                    civil(name, zone, EPOCH + timedelta(seconds=base + d))


def rules(rng):
    wd = [getattr(rrule, d.upper()[:2]) for d in DAYS]
    nth = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
    out = [("daily", dict(freq=rrule.DAILY))]
    out.append(("weekly", dict(freq=rrule.WEEKLY, byweekday=[wd[0]])))
    for text in ("sun", "sat", "mon", "mon,thu", "mon-fri", "fri-sun", "tue,wed,sat"):
        days = set()
        for part in text.split(","):
            ends = part.split("-")
            days |= set(range(DAYS.index(ends[0]), DAYS.index(ends[-1]) + 1))
        out.append((f"weekly {text}", dict(freq=rrule.WEEKLY, byweekday=[wd[i] for i in sorted(days)])))
    out.append(("monthly", dict(freq=rrule.MONTHLY, bymonthday=1)))
    for day in (1, 15, 28, 29, 30, 31, -1, -2, -28, -31):
        out.append((f"monthly {day}", dict(freq=rrule.MONTHLY, bymonthday=day)))
    out.append(("monthly last", dict(freq=rrule.MONTHLY, bymonthday=-1)))
    for word, n in nth.items():
        day = rng.randrange(7)
        out.append((f"monthly {word} sun", dict(freq=rrule.MONTHLY, byweekday=wd[6](n))))
        out.append((f"monthly {word} {DAYS[day]}", dict(freq=rrule.MONTHLY, byweekday=wd[day](n))))
        out.append((f"yearly {word} {DAYS[day]}", dict(freq=rrule.YEARLY, byweekday=wd[day](n))))
    for name, months in (("quarterly", [1, 4, 7, 10]), ("halfyearly", [1, 7])):
        out.append((name, dict(freq=rrule.MONTHLY, bymonth=months, bymonthday=1)))
        for day in (15, 31):
            out.append((f"{name} {day}", dict(freq=rrule.MONTHLY, bymonth=months, bymonthday=day)))
        for word in ("first", "second", "third", "fourth"):
            out.append((f"{name} {word} sun",
                        dict(freq=rrule.MONTHLY, bymonth=months, byweekday=wd[6](nth[word]))))
        last = [m + (12 // len(months)) - 1 for m in months]
        out.append((f"{name} last fri", dict(freq=rrule.MONTHLY, bymonth=last, byweekday=wd[4](-1))))
        out.append((f"{name} -1", dict(freq=rrule.MONTHLY, bymonth=last, bymonthday=-1)))
    out.append(("yearly", dict(freq=rrule.YEARLY, bymonth=1, bymonthday=1)))
    for m, d in ((2, 29), (3, 15), (12, 31), (10, 25)):
        out.append((f"yearly {m:02}-{d:02}", dict(freq=rrule.YEARLY, bymonth=m, bymonthday=d)))
    out.append(("yearly -1", dict(freq=rrule.YEARLY, bymonth=12, bymonthday=-1)))
    return out


def recurrences(rng):
    begin, end = datetime(2020, 1, 1), datetime(2040, 1, 1)
    for text, rule in rules(rng):
        for name in rng.sample(NIGHTS, 2) + ["Europe/Paris", "UTC"]:
            zone = ZoneInfo(name)
            hour, minute = rng.choice([(0, 0), (2, 0), (2, 30), (1, 59), (3, 0), (23, 59), (12, 34)])
            days = rrule.rrule(dtstart=begin - timedelta(days=400), until=end, **rule)
            naive = [d.replace(hour=hour, minute=minute) for d in days]
            want = sorted({resolve(zone, d)[0] for d in naive})
            first = seconds(begin)
            want = [t for t in want if first < t]
            say("rule", f"{text} {hour:02}:{minute:02}", name, first, len(want), *want)


PERIODS = {"quarterly": 3, "halfyearly": 6, "yearly": 12}
NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}


@functools.lru_cache(maxsize=None)
def weekday_of_period(months, weekday, n):
    """The fifth Sunday of a quarter and its like, which no rrule says: counted by hand."""
    sundays, found = {}, []
    for d in rrule.rrule(rrule.WEEKLY, dtstart=datetime(2018, 1, 1), until=datetime(2040, 12, 31), byweekday=weekday):
        sundays.setdefault((d.year, (d.month - 1) // months), []).append(d)
    for days in sundays.values():
        if len(days) >= n:
            found.append(days[n - 1])
    return found


@functools.lru_cache(maxsize=None)
def days_of(rule):
    return list(rrule.rrule(dtstart=datetime(2019, 1, 1), until=datetime(2040, 1, 1), **dict(rule)))


def days(**rule):
    return days_of(tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in rule.items()))


def random_rule(rng):
    """(text without its hour, its days from 2019 on)."""
    kind = rng.choice(["weekly"] + ["monthly"] * 10 + ["quarterly", "halfyearly", "yearly"] * 12)
    weekday, word = rng.randrange(7), rng.choice(list(NTH))
    named = getattr(rrule, DAYS[weekday].upper()[:2])
    if kind == "weekly":
        some = sorted(rng.sample(range(7), rng.randrange(1, 4)))
        return f"weekly {','.join(DAYS[i] for i in some)}", days(freq=rrule.WEEKLY, byweekday=some)
    if kind == "monthly":
        if rng.random() < 0.5:
            return f"monthly {word} {DAYS[weekday]}", days(freq=rrule.MONTHLY, byweekday=named(NTH[word]))
        day = rng.choice([d for d in range(-31, 32) if d])
        return f"monthly {day}", days(freq=rrule.MONTHLY, bymonthday=day)
    length = PERIODS[kind]
    month, day = rng.randrange(1, length + 1), rng.randrange(1, 32)
    months = list(range(month, 13, length))
    form = rng.randrange(4)
    if form == 0:  # a day of one of the period's months
        longest = max(31 if m in (1, 3, 5, 7, 8, 10, 12) else 29 if m == 2 else 30 for m in months)
        day = min(day, longest)
        return f"{kind} {month:02}-{day:02}", days(freq=rrule.MONTHLY, bymonth=months, bymonthday=day)
    if form == 1:  # a weekday of one of its months
        number = f"{month:02}" if kind == "yearly" else str(month)
        return (f"{kind} {number} {word} {DAYS[weekday]}",
                days(freq=rrule.MONTHLY, bymonth=months, byweekday=named(NTH[word])))
    if form == 2:  # the fifth of the period
        return f"{kind} fifth {DAYS[weekday]}", weekday_of_period(length, weekday, 5)
    if kind == "yearly":
        return f"yearly {month:02}", days(freq=rrule.MONTHLY, bymonth=month, bymonthday=1)
    return f"{kind} {day}", days(freq=rrule.MONTHLY, bymonth=list(range(1, 13, length)), bymonthday=day)


def random_rules(rng):
    """Some thousand rules over twenty years, each in one of four zones and at a random hour,
    often one of the night in which clocks change."""
    begin, end = datetime(2020, 1, 1), datetime(2040, 1, 1)
    for i in range(3200):
        text, days = random_rule(rng)
        name = RULED[i % len(RULED)]
        zone = ZoneInfo(name)
        hour, minute = (rng.randrange(24), rng.randrange(60)) if i % 3 else rng.choice([(2, 30), (2, 0), (1, 45), (3, 15)])
        naive = [d.replace(hour=hour, minute=minute) for d in days if begin - timedelta(days=2) <= d < end]
        first = seconds(begin)
        want = sorted({t for t in (resolve(zone, d)[0] for d in naive) if first < t})
        say("rule", f"{text} {hour:02}:{minute:02}", name, first, len(want), *want)


HOURS = [("mon-fri 09:00-18:00", range(5), 540, 1080), ("00:30-02:30", range(7), 30, 150),
         ("22:00-02:15", range(7), 1320, 1440 + 135), ("sat,sun", (5, 6), 0, 1440),
         ("fri-sun 01:00-01:00", None, 0, 0), ("02:00-03:00", range(7), 120, 180)]
WINDOWS = [("daily 02:15", "45m", range(7), 135), ("weekly sun 01:30", "3h", (6,), 90),
           ("daily 23:00", "4h", range(7), 1380), ("weekly sat 12:00", "2d", (5,), 720),
           ("weekly sun 03:00", "2h", (6,), 180), ("daily 00:00", "1d", range(7), 0)]
LENGTHS = {"45m": (0, 2700), "3h": (0, 10800), "4h": (0, 14400), "2d": (2, 0), "2h": (0, 7200), "1d": (1, 0)}
NEAR = 8 * HOUR


def joined(pieces):
    """Half-open stretches as sorted edges; what touches is one."""
    edges = []
    for start, end in sorted(p for p in pieces if p[0] < p[1]):
        if edges and start <= edges[-1]:
            edges[-1] = max(edges[-1], end)
        else:
            edges += [start, end]
    return edges


def stretches():
    """What is open from hours before each change of thirty years to hours after it."""
    for name in RULED:
        zone = ZoneInfo(name)
        for change in changes(zone, seconds(datetime(2012, 1, 1)), seconds(datetime(2042, 1, 1))):
            noon = local(zone, change).replace(hour=0, minute=0, second=0)
            days = [noon + timedelta(days=d) for d in range(-9, 10)]
            for text, on, start, end in HOURS:
                if on is None:
                    continue
                pieces = [(resolve(zone, d + timedelta(minutes=start))[0], resolve(zone, d + timedelta(minutes=end), True)[0])
                          for d in days if d.weekday() in on]
                say("hours", text, name, change - NEAR, change + NEAR, *joined(pieces))
            for text, length, on, start in WINDOWS:
                civil_days, elapsed = LENGTHS[length]
                begins = [resolve(zone, d + timedelta(minutes=start))[0] for d in days if d.weekday() in on]
                pieces = [(t, (resolve(zone, local(zone, t) + timedelta(days=civil_days))[0] if civil_days else t) + elapsed)
                          for t in begins]
                say("window", text, length, name, change - NEAR, change + NEAR, *joined(pieces))


def easters():
    for year in range(1583, 4100):
        day = easter.easter(year)
        say("easter", year, day.month, day.day)


def spans(rng):
    for _ in range(4000):
        name = rng.choice(ZONES)
        zone = ZoneInfo(name)
        t = rng.randrange(seconds(datetime(2015, 1, 1)), seconds(datetime(2037, 1, 1)))
        if rng.random() < 0.5:
            near = changes(zone, t, t + 400 * 86400)
            days = rng.randrange(0, 60)
            if near:
                t = near[0] - days * 86400 + rng.randrange(-7200, 7200)
        years, months, days, hours = (rng.choice((0, 0, rng.randrange(n))) for n in (9, 12, 70, 50))
        naive = local(zone, t)
        if years or months or days:
            base = resolve(zone, naive + relativedelta(months=12 * years + months) + timedelta(days=days))
            # a civil time in a gap has no microseconds nor minutes of its own: the change
            want = base[0] + hours * HOUR
        else:
            want = t + hours * HOUR
        say("add", name, t, f"{years}y{months}mo{days}d{hours}h", want)


def days_and_months():
    for name in ZONES:
        zone = ZoneInfo(name)
        for change in changes(zone, seconds(datetime(2010, 1, 1)), seconds(datetime(2032, 1, 1))):
            for t in (change - 40000, change - 1, change, change + 40000):
                naive = local(zone, t)
                midnight = naive.replace(hour=0, minute=0, second=0)
                say("day", name, t, resolve(zone, midnight)[0], resolve(zone, midnight.replace(day=1))[0])


def main():
    rng = random.Random(20261120)
    offsets(rng)
    nights()
    recurrences(rng)
    random_rules(random.Random(20261121))
    stretches()
    easters()
    spans(rng)
    days_and_months()
    say("end")


main()
