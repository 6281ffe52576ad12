//! Whom the bot connects to: the one place in which it does. That is Discord, wherever it says that it is. Where Discord is
//! on this machine, as in tests, it is this machine and nothing else, whatever anybody says; and who else was to be reached is
//! told and remembered, so that a test fails by it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::{TcpSocket, TcpStream, lookup_host};

/// So many are remembered that were not to be reached.
const STRAYED_MAX: usize = 100;

/// What is told of them.
const STRAYED: &str = "Discord is on this machine, and nobody elsewhere is connected to";

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Radius {
    /// The address of this machine from which everything goes out, where nothing is to go further: what is bound to it
    /// gets no further, also when it is not looked up here.
    here: Option<IpAddr>,
    strayed: Mutex<Vec<String>>,
}

impl Radius {
    /// With Discord there.
    pub(crate) fn of(discord: &Url) -> Self {
        let here = match discord.host_str() {
            Some("127.0.0.1" | "localhost") => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            Some("[::1]") => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            Some(_) | None => None,
        };
        Self { here, strayed: Mutex::default() }
    }

    /// The address that what goes out is bound to.
    pub(crate) fn here(&self) -> Option<IpAddr> {
        self.here
    }

    /// Who else was to be reached.
    pub(crate) fn strayed(&self) -> Vec<String> {
        self.strayed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Connects.
    ///
    /// # Errors
    /// When nobody is there, or it is too far.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> io::Result<TcpStream> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in self.look_up(host, port).await? {
            match self.connect_to(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn connect_to(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(here) = self.here.filter(|here| here.is_ipv4() == address.is_ipv4()) {
            socket.bind(SocketAddr::new(here, 0))?;
        }
        socket.connect(address).await
    }

    async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if self.here.is_none() {
            return Ok(lookup_host((host, port)).await?.collect());
        }
        let is_here = |address: &SocketAddr| address.ip().is_loopback();
        // Nobody is asked for a name: that would leave this machine as well.
        let found = match host.parse::<IpAddr>() {
            Ok(address) => Some(SocketAddr::new(address, port)).filter(is_here).into_iter().collect(),
            Err(_) if host == "localhost" => lookup_host((host, port)).await?.filter(is_here).collect(),
            Err(_) => Vec::new(),
        };
        if found.is_empty() {
            tracing::error!(host, "{STRAYED}");
            let mut strayed = self.strayed.lock().unwrap_or_else(PoisonError::into_inner);
            if strayed.len() < STRAYED_MAX {
                strayed.push(format!("{host}:{port}"));
            }
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(found)
    }
}

/// How requests find whom to ask.
#[derive(Debug)]
pub(crate) struct Names(pub(crate) Arc<Radius>);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let radius = Arc::clone(&self.0);
        Box::pin(async move {
            let found = radius.look_up(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn with_discord_on_this_machine_nothing_else_is_reached() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for discord in ["http://127.0.0.1:1", "http://localhost:1"] {
            let radius = Radius::of(&Url::parse(discord).unwrap());
            radius.connect("127.0.0.1", port).await.unwrap();
            for elsewhere in ["192.0.2.1", "gateway.discord.invalid", "0.0.0.0", "[2001:db8::1]"] {
                let error = radius.connect(elsewhere, 443).await.unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{elsewhere}");
            }
            let strayed = ["192.0.2.1:443", "gateway.discord.invalid:443", "0.0.0.0:443", "2001:db8::1:443"];
            assert_eq!(radius.strayed(), strayed);
            // And were it not looked at, the machine itself would not let it out.
            radius.connect_to("192.0.2.1:443".parse().unwrap()).await.unwrap_err();
        }
        assert!(Radius::of(&Url::parse("https://discord.com").unwrap()).here().is_none());
    }
}
