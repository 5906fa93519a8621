; What setup says. A sentence that is missing in one language stops makensis with a warning, and build.sh has that be
; an error.

!macro Word NAME ENGLISH GERMAN
    LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
    LangString ${NAME} ${LANG_GERMAN} "${GERMAN}"
!macroend

!insertmacro Word ProgramName "Panecast" "Panecast"
!insertmacro Word ProgramWords "The program, with its entry in the Start menu. Needs no administrator rights." \
    "Das Programm, mit seinem Eintrag im Startmenü. Braucht keine Administratorrechte."
!insertmacro Word VideoName "Video (H.264)" "Video (H.264)"
!insertmacro Word VideoWords "Smoother pictures with less data. Contains FFmpeg and x264, which are under the GNU GPL. Everything else works without it." \
    "Flüssigere Bilder mit weniger Daten. Enthält FFmpeg und x264, die unter der GNU GPL stehen. Alles andere geht auch ohne."
!insertmacro Word FirewallName "Firewall rule" "Firewallregel"
!insertmacro Word FirewallWords "Lets other devices in private networks connect. Windows asks for an administrator. Not needed on this computer alone." \
    "Lässt andere Geräte in privaten Netzwerken zu. Windows fragt nach einem Administrator. Für diesen Computer allein nicht nötig."
!insertmacro Word WrongSystem "Panecast needs Windows 10, version 1809, or later, on a 64-bit computer." \
    "Panecast braucht Windows 10, Version 1809, oder neuer, auf einem 64-Bit-Computer."
!insertmacro Word IsNewer "Panecast $Installed is installed, which is newer than ${VERSION}. Settings of a newer version may not be understood by an older one.$\n$\nReplace it with the older version?" \
    "Panecast $Installed ist installiert und neuer als ${VERSION}. Einstellungen einer neueren Version versteht eine ältere vielleicht nicht.$\n$\nDurch die ältere Version ersetzen?"
!insertmacro Word AsksToEnd "Panecast is running and is being asked to end…" "Panecast läuft und wird gebeten, sich zu beenden…"
!insertmacro Word HasEnded "The running Panecast has ended." "Das laufende Panecast hat sich beendet."
!insertmacro Word StillRuns "Panecast is still running. End it with “Quit” in the menu of its icon in the taskbar, then choose Retry." \
    "Panecast läuft noch. Beenden Sie es mit „Beenden“ im Menü seines Symbols in der Taskleiste und wählen Sie dann Wiederholen."
!insertmacro Word CannotReplace "The files in $INSTDIR could not be replaced. Another program may be using them. What was installed there still works.$\n$\nClose other programs and run setup again." \
    "Die Dateien in $INSTDIR konnten nicht ersetzt werden. Vielleicht benutzt sie ein anderes Programm. Was dort installiert war, funktioniert weiterhin.$\n$\nSchließen Sie andere Programme und starten Sie das Setup noch einmal."
!insertmacro Word NoRule "The firewall rule was not added. Windows asks again when you first share with a network." \
    "Die Firewallregel wurde nicht angelegt. Windows fragt noch einmal, wenn Sie zum ersten Mal in einem Netzwerk teilen."
!insertmacro Word RuleStays "The firewall rule could not be removed without an administrator: delete “Panecast” in Windows Defender Firewall." \
    "Die Firewallregel konnte ohne Administrator nicht entfernt werden: Löschen Sie „Panecast“ in der Windows Defender Firewall."
!insertmacro Word SettingsToo "Delete the settings, links and access log of Panecast as well?$\n$\nChoose No to keep them for a later installation." \
    "Auch die Einstellungen, Links und das Zugriffsprotokoll von Panecast löschen?$\n$\nMit Nein bleiben sie für eine spätere Installation erhalten."
