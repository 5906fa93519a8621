# Prints what zsh offers for a line:  zsh -f complete.zsh FOLDER LINE
#
# FOLDER has the function _panecast, and keeps what zsh finds out about all its functions. An interactive zsh in a terminal of its own completes the line; each time that
# something is offered to it (compadd), the words that fit are written to a file.
zmodload zsh/zpty
export FOUND=$(mktemp)
zpty shell zsh -f -i
zpty -w shell "source =(<<<'
PROMPT=
fpath=($1 \$fpath)
autoload -U compinit
compinit -u -C -d $1/.zcompdump
bindkey \"^I\" complete-word
zstyle \":completion:*\" insert-tab false
finish() { exit }
comppostfuncs=(finish)
compadd() {
    if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then
        builtin compadd \"\$@\"
        return
    fi
    typeset -a hits
    builtin compadd -A hits \"\$@\"
    print -rl -- \$hits >> \$FOUND
    builtin compadd \"\$@\"
}
')"
zpty -w -n shell "$2"$'\t'
while zpty -r shell line 2>/dev/null; do :; done
zpty -d shell
grep -v '^$' $FOUND
rm -f $FOUND
