#!/bin/sh
# Totals per account of a ledger. usage: report.sh [--month YYYY-MM] FILE
# Exit: 0 fine, 1 some lines were skipped because they are malformed, 2 wrong usage or no such file.
LC_ALL=C
export LC_ALL

month=
if [ "$1" = "--month" ]; then
    month=$2
    case $month in
        [0-9][0-9][0-9][0-9]-[0-9][0-9]) ;;
        *) echo "bad month: $month" >&2; exit 2 ;;
    esac
    shift 2
fi
if [ $# -ne 1 ]; then
    echo "usage: report.sh [--month YYYY-MM] FILE" >&2
    exit 2
fi
if [ ! -f "$1" ]; then
    echo "cannot read $1" >&2
    exit 2
fi

awk -F ';' -v month="$month" '
function cents(text,    sign, parts, plain) {
    sign = 1
    if (text ~ /^\(.*\)$/) { sign = -1; text = substr(text, 2, length(text) - 2) }
    if (text ~ /^-/) { sign = -sign; text = substr(text, 2) }
    if (text !~ /^[0-9][0-9,]*\.[0-9][0-9]$/) return "bad"
    plain = text
    gsub(/,/, "", plain)
    split(plain, parts, ".")
    return sign * (parts[1] * 100 + parts[2])
}
function money(value,    sign, whole) {
    sign = value < 0 ? "-" : ""
    if (value < 0) value = -value
    whole = int(value / 100)
    return sprintf("%s%d.%02d", sign, whole, value - whole * 100)
}
function complain(what) {
    print "line " NR ": " what > "/dev/stderr"
    failed = 1
}
/^#/ || /^[ \t]*$/ { next }
NF < 3 { complain("too few fields"); next }
$1 !~ /^[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]$/ { complain("bad date"); next }
$2 !~ /^[a-z]+(:[a-z]+)*$/ { complain("bad account"); next }
{
    amount = cents($3)
    if (amount == "bad") { complain("bad amount"); next }
    if (month != "" && substr($1, 1, 7) != month) next
    total[$2] += amount
    count[$2] += 1
}
END {
    for (account in total) printf "%-30s %6d %14s\n", account, count[account], money(total[account]) | "sort"
    close("sort")
    for (account in total) { sum += total[account]; n += count[account] }
    printf "%-30s %6d %14s\n", "TOTAL", n, money(sum)
    exit failed
}
' "$1"
