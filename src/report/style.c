/* The style sheet, written by hand: ink on paper, one accent, and colours that
 * mean a state and nothing else. It is the same text for every page, so that the
 * Content-Security-Policy can name its hash and allow no other style.
 *
 * Contrast: all text 7:1 or more on its ground in both schemes, shapes and bars
 * 3:1 or more (measured by the tests in test/web). */
#include "core/text.h"
#include "report/notice.h"
#include "report/status_private.h"

#include <sodium.h>
#include <stdio.h>

static const char sheet[] =
        ":root{--paper:#fcfbf8;--ink:#14202b;--soft:#3d4954;--line:#dedbd2;--blue:#17486f;"
        "--up:#2e7d5b;--bar:#78958a;--dg:#a15c00;--dn:#b3261e;--mt:#5a4aa0;--uk:#6a7580;"
        "--up-bg:transparent;--dg-bg:#fdf3e1;--dn-bg:#fdecea;--mt-bg:#f1eefa;--uk-bg:#f0f1f1}\n"
        "@media(prefers-color-scheme:dark){:root{--paper:#0f161c;--ink:#e9eef2;--soft:#b3bfc9;"
        "--line:#2a353f;--blue:#9ccbf0;--up:#63bd90;--bar:#56796a;--dg:#f0b04e;--dn:#ff8b80;"
        "--mt:#bcaef7;--uk:#93a0ac;--dg-bg:#2a2113;--dn-bg:#301a1a;--mt-bg:#211e33;"
        "--uk-bg:#1c242b}}\n"
        "*{box-sizing:border-box;margin:0;padding:0}\n"
        "html{-webkit-text-size-adjust:100%;color-scheme:light dark}\n"
        "body{font:1rem/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",Ubuntu,"
        "\"Liberation Sans\",Arial,sans-serif;background:var(--paper);color:var(--ink);"
        "font-variant-numeric:tabular-nums;overflow-wrap:break-word}\n"
        ".w{width:calc(100% - 2rem);max-width:45rem;margin:0 auto}\n"
        "a{color:var(--blue);text-underline-offset:.2em;text-decoration-thickness:1px}\n"
        "a:hover{text-decoration-thickness:2px}\n"
        ":focus-visible{outline:3px solid var(--blue);outline-offset:2px;border-radius:2px}\n"
        "ol,ul{list-style:none}svg:not([class]){position:absolute}\n"
        "h1,h2,h3,h4{line-height:1.25;font-weight:650;text-wrap:balance}\n"
        ".top{display:flex;justify-content:space-between;align-items:center;min-height:4rem;"
        "gap:1rem}\n"
        ".top a{display:inline-flex;align-items:center;min-height:2.75rem}\n"
        ".top .n{color:inherit;font-weight:650;text-decoration:none}\n"
        ".top ul{display:flex;gap:1rem}\n"
        ".hero{border-block:1px solid var(--line);background:var(--g);padding:2rem 0}\n"
        ".hero .w{display:grid;grid-template-columns:2.5rem 1fr;column-gap:1rem}\n"
        ".hero .w>*{grid-column:2}\n"
        ".hero .i{grid-column:1;grid-row:1;width:2.5rem;height:2.5rem}\n"
        "h1{font-size:clamp(1.5rem,1.2rem + 1.4vw,2rem);letter-spacing:-.01em}\n"
        ".lead{font-size:1.125rem;margin-top:.5rem}\n"
        ".note{color:var(--soft);font-size:.875rem;max-width:72ch}\n"
        ".hero .note{margin-top:1rem}\n"
        ".hero .w.x{display:block}\n"
        ".up{--c:var(--up);--g:var(--up-bg)}.dg{--c:var(--dg);--g:var(--dg-bg)}"
        ".dn{--c:var(--dn);--g:var(--dn-bg)}.mt{--c:var(--mt);--g:var(--mt-bg)}"
        ".uk{--c:var(--uk);--g:var(--uk-bg)}\n"
        ".i{width:1em;height:1em;flex:none;fill:var(--c);stroke:none}\n"
        ".k{fill:none;stroke:var(--paper);stroke-width:1.75}\n"
        ".r{fill:none;stroke:var(--c);stroke-width:1.75}\n"
        "section{padding-top:3rem}\n"
        "h2{font-size:1.25rem}\n"
        "h2+.note{margin-top:.25rem}\n"
        ".gr{font-size:1rem;color:var(--soft);font-weight:600;margin-top:2rem;"
        "padding-bottom:.5rem;border-bottom:1px solid var(--line)}\n"
        ".skip:not(:focus){position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:"
        "hidden}\n"
        ".skip{display:inline-flex;min-height:2.75rem;align-items:center}\n"
        ".p{padding-top:1.5rem}\n"
        ".h{display:flex;justify-content:space-between;align-items:center;gap:1rem}\n"
        ".h :is(h3,h4){font-size:1rem}\n"
        ".s{display:inline-flex;align-items:center;gap:.5rem;white-space:nowrap}\n"
        ".s.up{color:var(--soft)}.s:not(.up){font-weight:600}\n"
        ".b{position:relative;height:2rem;margin-top:.5rem}\n"
        ".g{position:absolute;width:100%;height:100%;overflow:visible;fill:none;"
        "pointer-events:none}\n"
        ".g path{stroke:var(--c);stroke-width:.74}\n"
        ".g .up{stroke:var(--bar);stroke-width:15;stroke-dasharray:.74 .26}\n"
        ".g .uk{stroke-width:3;stroke-dasharray:.74 .26}\n"
        ".g .pt{stroke:var(--bar)}\n"
        ".g .mt{stroke-dasharray:5 3}\n"
        ".b ol{display:grid;grid-template-columns:repeat(90,minmax(0,1fr));height:100%}\n"
        ".b li{--t:0;--o:0}\n"
        ".b li[class]{grid-column:span calc(var(--t) + var(--o))}\n"
        ".b li:focus-visible{outline-offset:1px}\n"
        ".b span{position:absolute;top:100%;left:0;right:0;min-height:2.25rem;"
        "padding:.375rem 0;background:var(--paper);font-size:.875rem;color:var(--ink);"
        "opacity:0;pointer-events:none;z-index:1}\n"
        ".b li:hover span,.b li:focus span{opacity:1}\n"
        ".c{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;"
        "padding-top:.375rem;color:var(--soft);font-size:.875rem;min-height:2.25rem}\n"
        ".why{margin-top:.25rem;max-width:72ch}\n"
        ".card{border-left:4px solid var(--c);padding:.125rem 0 .125rem 1.25rem;"
        "margin-top:1.5rem}\n"
        ".card :is(h2,h3){font-size:1.125rem}\n"
        ".card p{max-width:72ch;margin-top:.25rem}\n"
        ".tl{margin-top:1rem;display:grid;gap:1rem}\n"
        ".tl li{display:grid;grid-template-columns:10.5rem 1fr;gap:0 1rem}\n"
        ".tl time{color:var(--soft);font-size:.875rem;line-height:1.5rem}\n"
        ".tl p{margin:0;white-space:pre-line}\n"
        ".tl b{font-weight:600}\n"
        ".hl li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;"
        "padding:.75rem 0;border-bottom:1px solid var(--line)}\n"
        ".hl a,.more a,footer li a{display:inline-flex;align-items:center;min-height:2.75rem}\n"
        ".hl a{min-height:0}\n"
        "button{font:inherit;font-weight:600;min-height:3rem;padding:0 1.5rem;margin-top:1.5rem;"
        "border:0;border-radius:.25rem;background:var(--blue);color:var(--paper);cursor:pointer}\n"
        ".day{padding-top:2rem;scroll-margin-top:1rem}\n"
        ".day:target h2{text-decoration:underline;text-decoration-color:var(--blue)}\n"
        ".day ul{margin-top:.5rem}.day ul li{display:flex;flex-wrap:wrap;align-items:center;gap:0 "
        ".5rem}"
        "\n"
        "footer{margin:4rem 0 0;padding:1.5rem 0 3rem;border-top:1px solid var(--line)}\n"
        "footer ul{display:flex;flex-wrap:wrap;gap:0 1.5rem}\n"
        "@media(max-width:37.5em){.hero{padding:1.5rem 0}"
        ".hero .w{grid-template-columns:2rem 1fr;column-gap:.75rem}.hero .i{width:2rem;"
        "height:2rem}.hero .w>:nth-child(n+3){grid-column:1/3}.tl li{grid-template-columns:1fr}"
        "section{padding-top:2.5rem}}\n"
        "@media print{.b span,.top ul,footer ul{display:none}}\n"
        "@media(forced-colors:active){.g,.i{forced-color-adjust:none}}\n"
        ".t1{--t:10!important}.t2{--t:20!important}.t3{--t:30!important}.t4{--t:40!important}"
        ".t5{--t:50!important}.t6{--t:60!important}.t7{--t:70!important}.t8{--t:80!important}"
        ".t9{--t:90!important}.o1{--o:1!important}.o2{--o:2!important}.o3{--o:3!important}"
        ".o4{--o:4!important}.o5{--o:5!important}.o6{--o:6!important}.o7{--o:7!important}"
        ".o8{--o:8!important}.o9{--o:9!important}";

void style(Buf *out) { buf_text(out, sheet); }

static const char *make_policy(char policy[256], const char *rest)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char base64[64];

	if (!policy[0]) {
		crypto_hash_sha256(hash, (const unsigned char *)sheet, sizeof sheet - 1);
		sodium_bin2base64(base64, sizeof base64, hash, sizeof hash,
		                  sodium_base64_VARIANT_ORIGINAL);
		(void)snprintf(policy, 256,
		               "default-src 'none'; style-src 'sha256-%s'; img-src data:; "
		               "base-uri 'none'; form-action %s",
		               base64, rest);
	}
	return policy;
}

const char *status_csp(void)
{
	static char policy[256];

	return make_policy(policy, "'none'");
}

const char *notice_csp(void)
{
	static char policy[256];

	return make_policy(policy, "'self'");
}

const char *state_class(StatusState s)
{
	switch (s) {
	case STATUS_UP: return "up";
	case STATUS_DEGRADED: return "dg";
	case STATUS_DOWN: return "dn";
	case STATUS_MAINTENANCE: return "mt";
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return "uk";
}
