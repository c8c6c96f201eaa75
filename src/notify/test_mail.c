#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <string.h>

/* ---- addresses of servers ---- */

TEST(the_address_of_a_mail_server_is_read)
{
	static const struct {
		const char *url, *host;
		int port;
		const char *user, *password;
		bool tls, starttls;
	} rows[] = {
		{ "smtp://mail.example", "mail.example", 25, "", "", false, false },
		{ "smtp://mail.example:2525", "mail.example", 2525, "", "", false, false },
		{ "smtp://mail.example/", "mail.example", 25, "", "", false, false },
		{ "smtp://ana:s3cret@mail.example", "mail.example", 587, "ana", "s3cret", false,
		  true },
		{ "smtp://ana:s3cret@mail.example:25", "mail.example", 25, "ana", "s3cret", false,
		  true },
		{ "smtp://ana:s3cret@mail.example?starttls=no", "mail.example", 587, "ana",
		  "s3cret", false, false },
		{ "smtp://mail.example?starttls=required", "mail.example", 25, "", "", false,
		  true },
		{ "smtp://mail.example/?starttls=yes", "mail.example", 25, "", "", false, true },
		{ "smtp+starttls://mail.example", "mail.example", 25, "", "", false, true },
		{ "smtps://ana:s3cret@mail.example", "mail.example", 465, "ana", "s3cret", true,
		  false },
		{ "smtps://mail.example:4650", "mail.example", 4650, "", "", true, false },
		{ "smtp://a%40b.example:p%3Aw%2F@mail.example", "mail.example", 587, "a@b.example",
		  "p:w/", false, true },
		{ "smtp://a@b.example:pw@mail.example", "mail.example", 587, "a@b.example", "pw",
		  false, true },
		{ "smtp://ana:p@ss@mail.example", "mail.example", 587, "ana", "p@ss", false, true },
		{ "smtp://ana:p/s?s@mail.example", "mail.example", 587, "ana", "p/s?s", false,
		  true },
		{ "smtp://ana@mail.example", "mail.example", 587, "ana", "", false, false },
		{ "smtp://ana:x@localhost:2525", "localhost", 2525, "ana", "x", false, false },
		{ "smtp://ana:x@127.0.0.1", "127.0.0.1", 587, "ana", "x", false, false },
		{ "smtp://[::1]:2525", "::1", 2525, "", "", false, false },
		{ "smtp://ana:x@[::1]", "::1", 587, "ana", "x", false, false },
		{ "smtp://[2001:db8::1]", "2001:db8::1", 25, "", "", false, false },
		{ "smtp://ana:@mail.example", "mail.example", 587, "ana", "", false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SmtpUrl u;
		Err err = { 0 };

		if (!EXPECT(smtp_url_parse(rows[i].url, &u, &err))) {
			(void)test_text(__FILE__, __LINE__, rows[i].url, err.message, "");
			continue;
		}
		EXPECT_TEXT(u.host, rows[i].host);
		EXPECT_INT(u.port, rows[i].port);
		EXPECT_TEXT(u.user, rows[i].user);
		EXPECT_TEXT(u.password, rows[i].password);
		EXPECT_INT(u.tls, rows[i].tls);
		EXPECT_INT(u.starttls, rows[i].starttls);
		smtp_url_done(&u);
		EXPECT_TEXT(u.password, "");
	}
}

TEST(an_address_of_a_server_that_is_not_one_is_refused_without_quoting_it)
{
	static const char *const bad[] = {
		"",
		"mail.example",
		"http://s3cret@mail.example",
		"smtp://",
		"smtp://ana:s3cret@",
		"smtp://ana:s3cret@:25",
		"smtp://mail.example:0",
		"smtp://mail.example:65536",
		"smtp://mail.example:25x",
		"smtp://mail.example:",
		"smtp://:s3cret@mail.example",
		"smtp://ana:s3c%ret@mail.example",
		"smtp://ana:s3c%0aret@mail.example",
		"smtp://ana:s3cret@ma il.example",
		"smtp://ana:s3cret@mail.example/path",
		"smtp://ana:s3cret@mail.example?starttls=maybe",
		"smtp://ana:s3cret@mail.example?x=1",
		"smtps://ana:s3cret@mail.example?starttls=required",
		"smtp://[::1",
		"smtp://[::1]x",
		"smtp://::1",
		"smtp://ana:s3cret@mail.example\r\nRCPT TO:<x>",
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		SmtpUrl u = { .port = 7 };
		Err err = { 0 };

		EXPECT(!smtp_url_parse(bad[i], &u, &err) ||
		       test_fail(__FILE__, __LINE__, "accepted %s", bad[i]));
		EXPECT_INT(err.code, ERR_CONFIG);
		EXPECT(!strstr(err.message, "s3cret") && !strstr(err.message, "example"));
		EXPECT_INT(u.port, 7);
	}
	EXPECT(!smtp_url_parse(NULL, &(SmtpUrl){ 0 }, NULL));
}

TEST(a_mail_address_is_told_from_what_could_break_a_mail)
{
	static const struct {
		const char *text, *address, *name;
	} good[] = {
		{ "ana@x.example", "ana@x.example", "" },
		{ "Ana <ana@x.example>", "ana@x.example", "Ana" },
		{ "\"Ana, on call\" <ana@x.example>", "ana@x.example", "Ana, on call" },
		{ "Équipe <a+b@x.example>", "a+b@x.example", "Équipe" },
		{ "<ana@x.example>", "ana@x.example", "" },
		{ "root@localhost", "root@localhost", "" },
	};
	static const char *const bad[] = { "",
		                           "ana",
		                           "@x",
		                           "ana@",
		                           "ana@x@y",
		                           "a na@x",
		                           "ana@x\r\nBcc: all@x",
		                           "ana@x>",
		                           "<ana@x",
		                           "Ana <ana@x> tail",
		                           "<>",
		                           "a,b@x",
		                           "andré@x.example",
		                           "a;b@x",
		                           "\"a\"@x" };
	char address[256], name[64];

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		EXPECT(mail_address(good[i].text, address, sizeof address, name, sizeof name));
		EXPECT_TEXT(address, good[i].address);
		EXPECT_TEXT(name, good[i].name);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		EXPECT(!mail_address(bad[i], address, sizeof address, name, sizeof name) ||
		       test_fail(__FILE__, __LINE__, "accepted %s", bad[i]));
	EXPECT(!mail_address("ana@x.example", address, 5, NULL, 0));
}

/* ---- headers ---- */

TEST(a_header_is_encoded_when_it_must_be)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{ "Site down", "Subject: Site down\r\n" },
		{ "", "Subject: \r\n" },
		{ "Réparé", "Subject: =?UTF-8?Q?R=C3=A9par=C3=A9?=\r\n" },
		{ "a b_c", "Subject: a b_c\r\n" },
		{ "é b_c=?", "Subject: =?UTF-8?Q?=C3=A9_b=5Fc=3D=3F?=\r\n" },
		{ "=?UTF-8?Q?x?=", "Subject: =?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?=\r\n" },
		{ "one\r\nBcc: all@x", "Subject: =?UTF-8?Q?one__Bcc=3A_all=40x?=\r\n" },
		{ "bad \xff byte", "Subject: =?UTF-8?Q?bad_=3F_byte?=\r\n" },
		{ "[OUVERT] Boutique · N1 · les paiements échouent · depuis 17 h 04 CET",
		  "Subject: =?UTF-8?Q?=5BOUVERT=5D_Boutique_=C2=B7_N1_=C2=B7_les_paiements_?=\r\n"
		  " =?UTF-8?Q?=C3=A9chouent_=C2=B7_depuis_17_h_04_CET?=\r\n" },
		{ "this subject is plain and has more words than there is room for in one line of "
		  "a header",
		  "Subject: this subject is plain and has more words than there is room for in\r\n"
		  " one line of a header\r\n" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Buf) out = { 0 };

		mail_header(&out, "Subject", rows[i].value);
		EXPECT_TEXT(buf_str(&out), rows[i].want);
	}
}

static int from_hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads encoded words back as RFC 2047 §6 says: blanks between two words are nothing. */
static void decode_header(const char *p, Buf *out)
{
	while (*p) {
		if (text_starts(p, "=?UTF-8?Q?")) {
			for (p += 10; *p && !text_starts(p, "?="); p++) {
				if (*p == '=') {
					buf_char(out, (char)(from_hex(p[1]) * 16 + from_hex(p[2])));
					p += 2;
				} else {
					buf_char(out, *p == '_' ? ' ' : *p);
				}
			}
			p += 2;
			p += text_starts(p, "\r\n =?") ? 3 : 0;
		} else if (text_starts(p, "\r\n")) {
			p += 2;
		} else {
			buf_char(out, *p++);
		}
	}
}

static void expect_short_lines(const char *text, size_t most)
{
	while (*text) {
		size_t n = strcspn(text, "\r");

		EXPECT(n <= most || test_fail(__FILE__, __LINE__, "a line of %zu: %.90s", n, text));
		EXPECT(text_starts(text + n, "\r\n"));
		text += n + 2;
	}
}

TEST(any_header_reads_back_and_keeps_its_lines_short)
{
	static const char *const pieces[] = { "é",
		                              "日本",
		                              " ",
		                              "a",
		                              "word",
		                              "=?",
		                              "🎌",
		                              "_",
		                              "?=",
		                              "\u00a0",
		                              "long-word-without-blank" };
	unsigned seed = 7;

	for (int round = 0; round < 400; round++) {
		AUTO(Buf) value = { 0 };
		AUTO(Buf) out = { 0 };
		AUTO(Buf) back = { 0 };
		const char *from;

		for (int n = 0; n < round % 40; n++) {
			seed = seed * 1103515245 + 12345;
			buf_text(&value, pieces[(seed >> 16) % COUNT_OF(pieces)]);
		}
		mail_header(&out, "Subject", buf_str(&value));
		from = buf_str(&out) + strlen("Subject: ");
		decode_header(from, &back);
		EXPECT_TEXT(buf_str(&back), buf_str(&value));
		if (strstr(from, "=?UTF-8"))
			expect_short_lines(buf_str(&out), 76);
	}
}

/* ---- bodies ---- */

TEST(quoted_printable_keeps_every_byte)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "Bonjour,\n\nÇa marche.\n", "Bonjour,\r\n\r\n=C3=87a marche.\r\n" },
		{ "no line end", "no line end\r\n" },
		{ "", "" },
		{ "a=b", "a=3Db\r\n" },
		{ "trailing \nblank\t\n", "trailing=20\r\nblank=09\r\n" },
		{ "end ", "end=20\r\n" },
		{ ".\n..\n", "=2E\r\n=2E.\r\n" },
		{ "From here\n", "=46rom here\r\n" },
		{ "crlf\r\nkept\r\n", "crlf\r\nkept\r\n" },
		{ "lone\rcr", "lone=0Dcr\r\n" },
		{ "a long line that has to be broken somewhere before the seventy-sixth column is "
		  "over",
		  "a long line that has to be broken somewhere before the seventy-sixth colu=\r\n"
		  "mn is over\r\n" },
		{ "éééééééééééééééééééééééé",
		  "=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=\r\n"
		  "=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9\r\n" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Buf) out = { 0 };

		mail_quoted_printable(&out, rows[i].text);
		EXPECT_TEXT(buf_str(&out), rows[i].want);
		expect_short_lines(buf_str(&out), 76);
	}
}

/* ---- the whole ---- */

static Mail mail(void)
{
	static const char *const to[] = { "ana@x.example", NULL };
	Mail m = { .from_name = "Carène – MangaThèque",
		   .from = "carene@x.example",
		   .to = to,
		   .subject = "[OUVERT] Boutique · N1 · les paiements échouent",
		   .text = "Boutique : les paiements échouent\n",
		   .html = "<p>Boutique</p>\n",
		   .id = "inc:2026-0012:step:1/mail/ana@x.example",
		   .kind = "incident_opened",
		   .entity = "incident:2026-0012",
		   .lang = LANG_FR,
		   .urgent = true };

	(void)EXPECT(zone_load("Europe/Paris", &m.zone, NULL));
	(void)EXPECT(instant_parse("2026-11-20T16:04:00Z", &m.date));
	return m;
}

TEST(a_mail_is_complete_and_the_same_each_time)
{
	Mail m = mail();
	AUTO(Buf) one = { 0 };
	AUTO(Buf) two = { 0 };

	mail_compose(&m, &one);
	mail_compose(&m, &two);
	EXPECT_TEXT(buf_str(&one), buf_str(&two));
	expect_short_lines(buf_str(&one), 76);
	EXPECT_SNAPSHOT(buf_str(&one), "test/golden/messages/mail.eml");
}

static void field_of(const char *mail_text, const char *name, Buf *out)
{
	const char *at = strstr(mail_text, name);

	if (at)
		buf_add(out, at, strcspn(at, "\r"));
}

TEST(mails_of_one_incident_are_one_thread_and_each_is_itself)
{
	Mail a = mail(), b = mail();
	AUTO(Buf) x = { 0 };
	AUTO(Buf) y = { 0 };
	AUTO(Buf) refs_x = { 0 };
	AUTO(Buf) refs_y = { 0 };
	AUTO(Buf) id_x = { 0 };
	AUTO(Buf) id_y = { 0 };

	b.id = "inc:2026-0012:resolved/mail/ana@x.example";
	mail_compose(&a, &x);
	mail_compose(&b, &y);
	field_of(buf_str(&x), "References: ", &refs_x);
	field_of(buf_str(&y), "References: ", &refs_y);
	field_of(buf_str(&x), "Message-ID: ", &id_x);
	field_of(buf_str(&y), "Message-ID: ", &id_y);
	EXPECT(refs_x.n > 40);
	EXPECT_TEXT(buf_str(&refs_x), buf_str(&refs_y));
	EXPECT(!text_eq(buf_str(&id_x), buf_str(&id_y)));
	EXPECT(text_ends(buf_str(&id_x), "@x.example>"));
}

TEST(a_date_has_the_offset_of_its_zone)
{
	static const struct {
		const char *zone, *at, *want;
	} rows[] = {
		{ "Europe/Paris", "2026-11-20T16:04:00Z", "Date: Fri, 20 Nov 2026 17:04:00 +0100" },
		{ "Europe/Paris", "2026-07-01T16:04:09Z", "Date: Wed, 1 Jul 2026 18:04:09 +0200" },
		{ "America/St_Johns", "2026-01-04T00:00:00Z",
		  "Date: Sat, 3 Jan 2026 20:30:00 -0330" },
		{ "UTC", "2028-02-29T00:00:00Z", "Date: Tue, 29 Feb 2028 00:00:00 +0000" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Mail m = mail();
		AUTO(Buf) out = { 0 };

		ASSERT(zone_load(rows[i].zone, &m.zone, NULL));
		ASSERT(instant_parse(rows[i].at, &m.date));
		mail_compose(&m, &out);
		EXPECT_HAS(buf_str(&out), rows[i].want);
	}
}

TEST(only_what_is_urgent_says_so)
{
	static const char *const two[] = { "ana@x.example", "karim@x.example", NULL };
	Mail m = mail();
	AUTO(Buf) out = { 0 };

	m.urgent = false;
	m.from_name = "Watch \"one\"";
	m.to = two;
	mail_compose(&m, &out);
	EXPECT(!strstr(buf_str(&out), "Importance"));
	EXPECT_HAS(buf_str(&out), "From: \"Watch \\\"one\\\"\" <carene@x.example>\r\n");
	EXPECT_HAS(buf_str(&out), "To: <ana@x.example>,\r\n <karim@x.example>\r\n");
	EXPECT_HAS(buf_str(&out), "Auto-Submitted: auto-generated\r\n");
}

/* ---- text for phones ---- */

TEST(a_text_message_fits_the_alphabet_of_phones)
{
	static const struct {
		const char *text, *want;
		size_t max;
	} rows[] = {
		{ "Boutique : paiements refusés, à 17 h 04",
		  "Boutique : paiements refusés, à 17 h 04", 160 },
		{ "Ça râle : «\u00a0où ?\u00a0» – “là”…", "Ça rale : \"où ?\" - \"là\"...", 160 },
		{ "œuvre · N1 → N2", "oeuvre - N1 -> N2", 160 },
		{ "99,9\u202F% d’août", "99,9 % d'aout", 160 },
		{ "日本 \xff", "?? ?", 160 },
		{ "two\nlines", "two lines", 160 },
		{ "one two three four five", "one two three...", 20 },
		{ "onetwothreefourfive and more", "onetwothreefourfi...", 20 },
		{ "site down since noon, see https://x.example/a/1",
		  "site down... https://x.example/a/1", 36 },
		{ "exactly sixteen!", "exactly sixteen!", 16 },
		{ "[[brackets weigh double]]", "[[brackets...", 20 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Buf) out = { 0 };

		sms_text(&out, rows[i].text, rows[i].max);
		EXPECT_TEXT(buf_str(&out), rows[i].want);
	}
}

TEST(a_long_text_message_keeps_its_link_and_its_length)
{
	AUTO(Buf) text = { 0 };
	AUTO(Buf) out = { 0 };

	for (int i = 0; i < 200; i++)
		buf_text(&text, "échec ");
	buf_text(&text, "Prendre en charge : https://watch.example/a/6f2c");
	sms_text(&out, buf_str(&text), 480);
	EXPECT(utf8_count(buf_str(&out), out.n) <= 480);
	EXPECT(utf8_count(buf_str(&out), out.n) > 470);
	EXPECT(text_ends(buf_str(&out), "... https://watch.example/a/6f2c"));
}
