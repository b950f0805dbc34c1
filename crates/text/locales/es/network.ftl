### Links between tips, hints for a person, proposed persons, folded reports.

network-link-account-id = Misma cuenta del proveedor: { $value }.
network-link-device-id = Mismo dispositivo: { $value }.
network-link-email = Misma dirección de correo: { $value }.
network-link-hash = Mismo archivo (hash exacto, en pocos avisos): { $value }.
network-link-ip-port = Misma dirección IP y puerto de origen casi al mismo tiempo: { $value }.
network-link-none = Compartido, sin vincular nada: { $value }.
network-link-phone = Mismo número de teléfono: { $value }.
network-link-report = Uno de los avisos nombra al otro: { $value }.
network-link-url = Misma URL de perfil, con un identificador de cuenta: { $value }.
network-hint-account-id = La misma cuenta figura en avisos que no están vinculados: { $value }.
network-hint-device-id = El mismo dispositivo figura en avisos que no están vinculados: { $value }.
network-hint-display-name = Mismo nombre mostrado; cualquiera puede elegirlo: { $value }.
network-hint-email = Misma dirección de correo, sin verificar y sin una segunda coincidencia: { $value }.
network-hint-hash = El mismo archivo figura en avisos que no están vinculados: { $value }.
network-hint-ip = Misma dirección IP; pueden compartirla varias personas: { $value }.
network-hint-ip-port = Misma dirección IP y puerto de origen en momentos distintos: { $value }.
network-hint-phone = Mismo número de teléfono, sin verificar y sin una segunda coincidencia: { $value }.
network-hint-report = Varios avisos nombran el mismo informe, o el vínculo se deshizo: { $value }.
network-hint-screen-name = Mismo nombre de usuario en el proveedor; puede ser de personas distintas: { $value }.
network-hint-url = Misma URL, sin identificador de cuenta: { $value }.
network-person-proposed = Posible misma persona (propuesta, sin decidir): { $tips } avisos.
network-folded =
    { $count ->
        [one] Otro aviso con el mismo material muy difundido
       *[other] Otros { $count } avisos con el mismo material muy difundido
    }.
