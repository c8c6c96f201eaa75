/* The pages that people look at: four invented sites in four moods. The tests
 * hold their size and shape; with CARENE_SAMPLES set to a folder they are written
 * there, for test/web and for eyes. */
#include "harness.h"

#include "core/alloc.h"
#include "core/arena.h"
#include "core/text.h"
#include "report/notice.h"
#include "report/status.h"

#include <stdio.h>
#include <sys/stat.h>

typedef enum SampleKind {
	SAMPLE_CALM,        /* everything works, one short outage behind */
	SAMPLE_OUTAGE,      /* payments down, an incident with messages, maintenance ahead */
	SAMPLE_MAINTENANCE, /* a window is open, another part is not measured */
	SAMPLE_NEW,         /* just installed: nothing measured yet */
	SAMPLE_LARGE,       /* fifty components in six groups, a bad quarter */
	SAMPLES
} SampleKind;

typedef struct Sample {
	Arena *arena;
	StatusFacts facts;
} Sample;

/* Every figure is computed from the days, as the engine does, so that a page
 * never contradicts itself here either. */

/* Friday 20 November 2026, 14:17:20 in Paris. */
#define NOW_US 1795180640000000LL

typedef struct Bad { /* a day, counted back from today, and what happened on it */
	int ago, down, degraded, maintenance, unknown;
} Bad;

static const Zone *paris(void)
{
	const Zone *z = NULL;

	return zone_load("Europe/Paris", &z, NULL) ? z : zone_utc();
}

static Instant now(void) { return (Instant){ NOW_US }; }
static Instant ago(Duration d) { return after(now(), (Duration){ -d.us }); }

/* Days of one part: unknown before `watched` days ago. */
static StatusDay *make_days(Arena *a, int watched, const Bad *bad, size_t bad_n)
{
	StatusDay *days = ARENA_ARRAY(a, StatusDay, STATUS_DAYS);
	Civil c = zone_civil(paris(), now());
	int64_t today = days_from_civil(c.year, c.month, c.day);

	for (int i = 0; i < STATUS_DAYS; i++) {
		StatusDay *d = &days[i];
		int back = STATUS_DAYS - 1 - i;

		d->date = today - back;
		d->length = back ? 86400 : 14 * 3600 + 17 * 60 + 20;
		if (d->date == days_from_civil(2026, 10, 25))
			d->length = 90000;
		d->unknown = back > watched ? d->length : 0;
		for (size_t k = 0; k < bad_n; k++) {
			if (bad[k].ago != back)
				continue;
			d->down = bad[k].down;
			d->degraded = bad[k].degraded;
			d->maintenance = bad[k].maintenance;
			d->unknown = bad[k].unknown;
		}
	}
	return days;
}

static void count(StatusPart *p)
{
	int64_t down = 0, length = 0;

	p->measured_s = 0;
	for (size_t i = 0; i < p->days_n; i++) {
		length += p->days[i].length;
		p->measured_s += p->days[i].length - p->days[i].unknown;
		down += p->days[i].down;
	}
	p->availability = p->measured_s ? 1 - (double)down / (double)p->measured_s : -1;
	(void)length;
}

static void part(Arena *a, StatusPart *p, const char *id, const char *label, const char *group,
                 int watched, const Bad *bad, size_t bad_n)
{
	*p = (StatusPart){ .id = id,
		           .label = label,
		           .group = group,
		           .state = STATUS_UP,
		           .since = ago(days(8)),
		           .days = make_days(a, watched, bad, bad_n),
		           .days_n = STATUS_DAYS };
	count(p);
}

#define PART(p, id, label, group, watched, bad) \
	part(s->arena, p, id, label, group, watched, bad, sizeof(bad) / sizeof *(bad))

static const Bad site_bad[] = { { 8, 240, 0, 0, 0 }, { 31, 0, 0, 7200, 0 }, { 61, 0, 2700, 0, 0 } };
static const Bad pay_bad[] = { { 8, 240, 0, 0, 0 },
	                       { 29, 6900, 1200, 0, 0 },
	                       { 30, 0, 5400, 0, 0 },
	                       { 44, 0, 0, 0, 11000 },
	                       { 70, 12 * 3600, 0, 0, 0 } };
static const Bad search_bad[] = { { 31, 0, 0, 7200, 0 } };
static const Bad mail_bad[] = { { 12, 780, 0, 0, 0 }, { 13, 95, 0, 0, 0 } };

static void site(Sample *s)
{
	StatusPart *p = ARENA_ARRAY(s->arena, StatusPart, 4);
	static const char *const hit[] = { "pay", "site" };
	static const StatusUpdate updates[] = {
		{ { NOW_US - 8 * 86400000000LL + 500000000 },
		  "Le fournisseur confirme un retour à la normale ; les paiements passent.",
		  "resolved" },
		{ { NOW_US - 8 * 86400000000LL + 120000000 },
		  "Le fournisseur de paiement ne répond plus. Nous l'avons joint.",
		  "investigating" },
	};
	StatusIncident *past = ARENA_ARRAY(s->arena, StatusIncident, 2);

	PART(&p[0], "site", "Boutique en ligne", NULL, 89, site_bad);
	PART(&p[1], "pay", "Paiements", NULL, 89, pay_bad);
	PART(&p[2], "search", "Recherche", NULL, 89, search_bad);
	PART(&p[3], "mail", "Courriels de commande", NULL, 40, mail_bad);
	past[0] = (StatusIncident){ .id = "2026-0011",
		                    .title = "Paiements par carte refusés",
		                    .class_label = "majeur",
		                    .state = "closed",
		                    .impact = STATUS_DOWN,
		                    .opened = ago(days(8)),
		                    .ended = after(ago(days(8)), seconds(240)),
		                    .expected_end = LONG_AGO,
		                    .next_update_at = LONG_AGO,
		                    .parts = hit,
		                    .parts_n = 2,
		                    .updates = updates,
		                    .updates_n = 2 };
	past[1] =
	        (StatusIncident){ .id = "2026-0010",
		                  .title =
		                          "Base de données saturée, commandes lentes puis en panne",
		                  .class_label = "critique",
		                  .state = "closed",
		                  .impact = STATUS_DOWN,
		                  .opened = ago(days(29)),
		                  .ended = after(ago(days(29)), minutes(115)),
		                  .expected_end = LONG_AGO,
		                  .next_update_at = LONG_AGO,
		                  .parts = hit,
		                  .parts_n = 1 };
	s->facts = (StatusFacts){
		.product = "MangaThèque",
		.title = "État de MangaThèque",
		.contact = "support@mangatheque.example",
		.url = "https://status.mangatheque.example/",
		.languages = { "fr", "en" },
		.languages_n = 2,
		.text_language = "fr",
		.zone = paris(),
		.now = now(),
		.measured_at = ago(seconds(14)),
		.measured_from = ago(days(240)),
		.every = seconds(60),
		.rewritten = minutes(5),
		.parts = p,
		.parts_n = 4,
		.history = past,
		.history_n = 2,
		.last_outage = ago(days(8)),
		.last_outage_length = seconds(240),
		.last_outage_part = "Paiements",
	};
}

static void planned(Sample *s)
{
	static const char *const hit[] = { "site", "search" };
	StatusWindow *w = ARENA_NEW(s->arena, StatusWindow);

	/* Sunday 22 November, 03:00 to 05:00 in Paris. */
	*w = (StatusWindow){ .id = "weekly@2026-11-22",
		             .title = "Mise à jour du moteur de recherche",
		             .starts = { 1795312800000000LL },
		             .ends = { 1795320000000000LL },
		             .impact = STATUS_DOWN,
		             .reason = "nouvelle version, corrections de sécurité.",
		             .alternatives = "le catalogue par rayon reste consultable.",
		             .state = "announced",
		             .parts = hit,
		             .parts_n = 2 };
	s->facts.windows = w;
	s->facts.windows_n = 1;
}

static void outage(Sample *s)
{
	StatusPart *p = (StatusPart *)(uintptr_t)s->facts.parts;
	static const char *const hit[] = { "pay" };
	static const StatusUpdate updates[] = {
		{ { NOW_US - 240000000 },
		  "Le fournisseur a isolé la panne de son côté et bascule vers son second centre. "
		  "Les paniers sont conservés : rien n'est perdu.",
		  "investigating" },
		{ { NOW_US - 560000000 },
		  "Le paiement par carte ne répond plus. Ana s'en occupe.",
		  "acknowledged" },
	};
	StatusIncident *now_on = ARENA_NEW(s->arena, StatusIncident);
	StatusDay *d = (StatusDay *)(uintptr_t)p[1].days;

	d[STATUS_DAYS - 1].down = 740;
	count(&p[1]);
	p[1].state = STATUS_DOWN;
	p[1].since = ago(seconds(740));
	p[1].cause = "Le paiement par carte ne répond pas.";
	p[2].state = STATUS_DEGRADED;
	p[2].since = ago(minutes(95));
	d = (StatusDay *)(uintptr_t)p[2].days;
	d[STATUS_DAYS - 1].degraded = 95 * 60;
	*now_on = (StatusIncident){ .id = "2026-0012",
		                    .title = "Paiements par carte indisponibles",
		                    .class_label = "critique",
		                    .state = "investigating",
		                    .impact = STATUS_DOWN,
		                    .opened = ago(seconds(740)),
		                    .ended = LONG_AGO,
		                    .expected_end = after(ago(seconds(1040)), hours(1)),
		                    .next_update_at = after(ago(seconds(1040)), minutes(30)),
		                    .parts = hit,
		                    .parts_n = 1,
		                    .updates = updates,
		                    .updates_n = 2 };
	s->facts.incidents = now_on;
	s->facts.incidents_n = 1;
	planned(s);
}

static void maintenance(Sample *s)
{
	StatusPart *p = (StatusPart *)(uintptr_t)s->facts.parts;
	StatusWindow *w;
	StatusDay *d = (StatusDay *)(uintptr_t)p[0].days;

	planned(s);
	w = (StatusWindow *)(uintptr_t)s->facts.windows;
	w->starts = ago(minutes(17));
	w->ends = after(w->starts, hours(2));
	w->state = "open";
	p[0].state = STATUS_MAINTENANCE;
	p[0].since = w->starts;
	d[STATUS_DAYS - 1].maintenance = 17 * 60;
	p[3].state = STATUS_UNKNOWN;
	p[3].since = ago(minutes(42));
	p[3].cause = "Notre mesure est interrompue ; les courriels partent peut-être.";
	d = (StatusDay *)(uintptr_t)p[3].days;
	d[STATUS_DAYS - 1].unknown = 42 * 60;
	count(&p[3]);
	s->facts.intro = "Cette page est tenue par une machine qui mesure le site chaque minute, "
	                 "de l'extérieur. Elle est hébergée ailleurs que lui.";
}

static void fresh(Sample *s)
{
	StatusPart *p = (StatusPart *)(uintptr_t)s->facts.parts;

	for (size_t i = 0; i < s->facts.parts_n; i++) {
		p[i].days_n = 0;
		p[i].state = STATUS_UNKNOWN;
		p[i].since = LONG_AGO;
		count(&p[i]);
	}
	s->facts.history_n = 0;
	s->facts.last_outage = LONG_AGO;
	s->facts.measured_at = s->facts.measured_from = LONG_AGO;
}

/* A bad quarter, the same on every run: a small generator of its own. */
static uint32_t next(uint32_t *x) { return (*x = *x * 1664525u + 1013904223u) >> 8; }

static void large(Sample *s)
{
	static const char *const groups[] = { "Site public",    "Paiement",   "Entrepôt",
		                              "Espace membres", "Interfaces", "Interne" };
	static const char *const names[] = { "Accueil",   "Catalogue", "Recherche",
		                             "Panier",    "Compte",    "Images",
		                             "Courriels", "Stock",     "Export" };
	StatusPart *p = ARENA_ARRAY(s->arena, StatusPart, 50);
	uint32_t x = 7;

	for (int i = 0; i < 50; i++) {
		Bad bad[6];
		size_t n = next(&x) % 7;

		for (size_t k = 0; k < n; k++)
			bad[k] = (Bad){ .ago = (int)(next(&x) % 90),
				        .down = next(&x) % 2 ? (int)(next(&x) % 9000) : 0,
				        .degraded = (int)(next(&x) % 3000) };
		part(s->arena, &p[i], arena_printf(s->arena, "part-%d", i),
		     arena_printf(s->arena, "%s %d", names[next(&x) % 9], i + 1), groups[i % 6], 89,
		     bad, n);
	}
	s->facts.parts = p;
	s->facts.parts_n = 50;
}

static void sample_fill(Sample *s, SampleKind kind)
{
	s->arena = arena_new("sample", 4 << 20);
	site(s);
	switch (kind) {
	case SAMPLE_OUTAGE: outage(s); break;
	case SAMPLE_MAINTENANCE: maintenance(s); break;
	case SAMPLE_NEW: fresh(s); break;
	case SAMPLE_LARGE: large(s); break;
	case SAMPLE_CALM:
	case SAMPLES: break;
	}
}

static void sample_done(Sample *s) { arena_free(s->arena); }

static const char *sample_name(SampleKind kind)
{
	static const char *const names[SAMPLES] = { "calm", "outage", "maintenance", "new",
		                                    "large" };

	return names[kind];
}

/* ---- what is held ---- */

typedef struct Written {
	const char *folder; /* NULL: only counted */
	size_t files, index, bytes;
} Written;

static bool write_one(void *ctx, const char *name, const char *type, const char *p, size_t n,
                      Err *err)
{
	Written *w = ctx;

	w->files++;
	w->bytes += n;
	if (text_eq(name, "index.html"))
		w->index = n;
	EXPECT(utf8_ok(p, n));
	EXPECT(type && strchr(type, '/'));
	EXPECT(strlen(p) == n);
	if (w->folder) {
		AUTO_FREE char *path = mem_printf("%s/%s", w->folder, name);
		FILE *f = fopen(path, "we");

		if (!f)
			return err_set(err, ERR_IO, "%s", path);
		(void)fwrite(p, 1, n, f);
		(void)fclose(f);
	}
	return true;
}

static Written write_sample(const char *name, const StatusFacts *f)
{
	const char *root = getenv("CARENE_SAMPLES");
	AUTO_FREE char *folder = root ? mem_printf("%s/%s", root, name) : NULL;
	Written w = { .folder = folder };
	Err err = { 0 };

	if (folder) {
		(void)mkdir(root, 0755);
		(void)mkdir(folder, 0755);
	}
	if (!EXPECT(status_files(f, write_one, &w, &err)))
		(void)printf("# %s\n", err.message);
	w.folder = NULL;
	return w;
}

TEST(every_sample_is_written_whole_and_its_first_view_is_light)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		Sample s;
		Written w;

		sample_fill(&s, (SampleKind)i);
		w = write_sample(sample_name((SampleKind)i), &s.facts);
		EXPECT_INT(w.files, 9); /* two languages: page, history, feed, badge; and JSON */
		if (i != SAMPLE_LARGE)
			EXPECT(w.index < 30 * 1024);
		(void)printf("# %s: index %zu bytes, all %zu\n", sample_name((SampleKind)i),
		             w.index, w.bytes);
		sample_done(&s);
	}
}

TEST(the_same_facts_give_the_same_bytes)
{
	AUTO(Buf) one = { 0 };
	AUTO(Buf) two = { 0 };
	Sample s;

	sample_fill(&s, SAMPLE_OUTAGE);
	status_page_html(&s.facts, LANG_FR, &one);
	status_page_html(&s.facts, LANG_FR, &two);
	EXPECT_TEXT(buf_str(&one), buf_str(&two));
	sample_done(&s);
}

/* The small pages behind a link in a message. */
TEST(every_notice_is_light)
{
	static const char *const names[NOTICE_KINDS] = { "ask",       "done",    "already",
		                                         "over",      "unknown", "not-found",
		                                         "not-ready", "refused" };
	const char *root = getenv("CARENE_SAMPLES");
	AUTO_FREE char *folder = root ? mem_printf("%s/notices", root) : NULL;
	AUTO(Buf) out = { 0 };

	if (folder)
		(void)mkdir(folder, 0755);
	for (int i = 0; i < NOTICE_KINDS * 2; i++) {
		StatusNotice n = { .kind = (StatusNoticeKind)(i / 2),
			           .incident = "2026-0012",
			           .title = "Paiements par carte indisponibles",
			           .who = "Ana Duarte",
			           .by = "Karim Belkacem",
			           .at = ago(seconds(60)),
			           .opened = ago(seconds(740)),
			           .now = now(),
			           .why = "the body is too long",
			           .zone = paris(),
			           .product = "MangaThèque" };
		Written w = { .folder = folder };
		AUTO_FREE char *name = mem_printf("%s-%s.html", names[i / 2], i % 2 ? "en" : "fr");

		buf_clear(&out);
		notice_html(&n, i % 2 ? "en" : "fr", &out);
		EXPECT(write_one(&w, name, "text/html", buf_str(&out), out.n, NULL));
		EXPECT(out.n < 10 * 1024);
	}
}
